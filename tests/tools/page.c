/* SPDX-License-Identifier: MIT */
#include "eval/page.h"
#include "test.h"

#include <glib.h>
#include <string.h>

static char *
write_page (eval_page_kind kind, const char *cell)
{
  eval_page *page = eval_page_new (kind);
  eval_page_heading (page, 2, "Title & more");
  eval_page_text (page, "%d faces", 3);
  eval_page_table (page, 2);
  eval_page_cell (page, "group");
  eval_page_cell (page, "rate");
  eval_page_cell (page, "%s", cell);
  eval_page_cell (page, "%.1f", 5.25);
  eval_page_table_end (page);
  eval_page_item (page, "one");
  eval_page_item (page, "two");
  eval_page_code (page, "a <b> 'c'");
  return eval_page_finish (page);
}

static void
check_page (eval_page_kind kind, const char *cell, const char *expected)
{
  char *text = write_page (kind, cell);
  check (!strcmp (text, expected));
  if (strcmp (text, expected))
    test_note ("got:\n%s", text);
  g_free (text);
}

static void
the_same_is_written_in_three_ways (void)
{
  check_page (EVAL_PAGE_TEXT, "männlich", "Title & more\n\n3 faces\n\ngroup     rate\nmännlich   5.2\n\n- one\n- two\n\n    a <b> 'c'\n\n");
  check_page (EVAL_PAGE_MARKDOWN, "a",
              "## Title \\& more\n\n3 faces\n\n| group | rate |\n| --- | ---: |\n| a | 5.2 |\n\n- one\n- two\n\n```\na <b> 'c'\n```\n\n");
  check_page (EVAL_PAGE_HTML, "a",
              "<h2>Title &amp; more</h2>\n<p>3 faces</p>\n<table>\n<tr><th>group</th><th>rate</th></tr>\n<tr><th>a</th><td>5.2</td></tr>\n</table>\n"
              "<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n<pre>a &lt;b&gt; &apos;c&apos;</pre>\n");
}

static char *
write_words (eval_page_kind kind)
{
  eval_page *page = eval_page_new (kind);
  eval_page_words (page, 2);
  eval_page_cell (page, "run");
  eval_page_cell (page, "note");
  eval_page_cell (page, "r1");
  eval_page_cell (page, "a word");
  eval_page_table_end (page);
  eval_page_code (page, "conv 8\n\tdense <7>");
  return eval_page_finish (page);
}

static void
words_run_to_the_left_and_code_keeps_its_lines (void)
{
  static const char *const expected[] = {
    [EVAL_PAGE_TEXT] = "run  note\nr1   a word\n\n    conv 8\n     dense <7>\n\n",
    [EVAL_PAGE_MARKDOWN] = "| run | note |\n| --- | --- |\n| r1 | a word |\n\n```\nconv 8\n dense <7>\n```\n\n",
    [EVAL_PAGE_HTML] = "<table class=\"words\">\n<tr><th>run</th><th>note</th></tr>\n<tr><th>r1</th><td>a word</td></tr>\n</table>\n"
                       "<pre>conv 8\n dense &lt;7&gt;</pre>\n",
  };
  for (int kind = EVAL_PAGE_TEXT; kind <= EVAL_PAGE_HTML; kind++) {
    char *text = write_words ((eval_page_kind) kind);
    check (!strcmp (text, expected[kind]));
    if (strcmp (text, expected[kind]))
      test_note ("got:\n%s", text);
    g_free (text);
  }
}

/* Names of groups come from whoever wrote the table. */
static void
nothing_in_a_text_is_mark_up (void)
{
  static const char evil[] = "<script>x</script>|`*_[a](b)\x1b[31m\n\xff";
  char *text = write_page (EVAL_PAGE_TEXT, evil), *markdown = write_page (EVAL_PAGE_MARKDOWN, evil), *html = write_page (EVAL_PAGE_HTML, evil);
  check (!strchr (text, '\x1b') && g_utf8_validate (text, -1, NULL) && strstr (text, "_[a](b) [31m "));
  check (strstr (markdown, "| \\<script\\>x\\</script\\>\\|\\`\\*\\_\\[a\\](b) \\[31m "));
  check (strstr (html, "<th>&lt;script&gt;x&lt;/script&gt;|") && !strstr (html, "<script"));
  g_free (text);
  g_free (markdown);
  g_free (html);
}

static void
nothing_begins_a_block_of_markdown (void)
{
  static const char *const texts[][2] = { { "# a", "\\# a\n\n" }, { "- a", "\\- a\n\n" }, { "12. a", "12\\. a\n\n" }, { "1) a", "1\\) a\n\n" },
                                          { "===", "\\===\n\n" },  { "1.5 a", "1.5 a\n\n" }, { "~~a", "\\~\\~a\n\n" },  { "", "\n\n" } };
  for (size_t i = 0; i < G_N_ELEMENTS (texts); i++) {
    eval_page *page = eval_page_new (EVAL_PAGE_MARKDOWN);
    eval_page_text (page, "%s", texts[i][0]);
    char *text = eval_page_finish (page);
    check (!strcmp (text, texts[i][1]));
    g_free (text);
  }
  eval_page *page = eval_page_new (EVAL_PAGE_MARKDOWN);
  eval_page_code (page, "a\n```\n<b>");
  char *text = eval_page_finish (page);
  check (!strcmp (text, "````\na\n```\n<b>\n````\n\n"));
  g_free (text);
}

static void
long_paragraphs_are_wrapped (void)
{
  eval_page *page = eval_page_new (EVAL_PAGE_TEXT);
  GString *words = g_string_new ("first");
  for (int i = 0; i < 60; i++)
    g_string_append (words, " word");
  eval_page_item (page, "%s", words->str);
  char *text = eval_page_finish (page), **lines = g_strsplit (text, "\n", -1);
  check (g_str_has_prefix (lines[0], "- first word") && g_str_has_prefix (lines[1], "  word word"));
  for (int i = 0; lines[i]; i++)
    check (strlen (lines[i]) <= 110 && !g_str_has_suffix (lines[i], " "));
  g_strfreev (lines);
  g_free (text);
  g_string_free (words, TRUE);
}

static void
a_whole_page_needs_no_other_file (void)
{
  eval_page *page = eval_page_new (EVAL_PAGE_HTML), *text = eval_page_new (EVAL_PAGE_TEXT);
  eval_page_picture (page, "<svg/>", "a \"plot\"");
  eval_page_picture (text, "<svg/>", "a plot");
  char *body = eval_page_finish (page), *none = eval_page_finish (text), *whole = eval_page_whole ("a < b", body);
  check (!strcmp (body, "<img alt=\"a &quot;plot&quot;\" src=\"data:image/svg+xml;base64,PHN2Zy8+\">\n") && !*none);
  check (g_str_has_prefix (whole, "<!DOCTYPE html>\n") && strstr (whole, "<title>a &lt; b</title>") && strstr (whole, body)
         && !strstr (whole, "http"));
  g_free (whole);
  g_free (none);
  g_free (body);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (the_same_is_written_in_three_ways),
                                   TEST (words_run_to_the_left_and_code_keeps_its_lines),
                                   TEST (nothing_in_a_text_is_mark_up),
                                   TEST (nothing_begins_a_block_of_markdown),
                                   TEST (long_paragraphs_are_wrapped),
                                   TEST (a_whole_page_needs_no_other_file),
                                   { 0 } });
}
