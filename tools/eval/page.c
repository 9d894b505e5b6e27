/* SPDX-License-Identifier: MIT */
#include "page.h"

#include <glib.h>
#include <stdarg.h>
#include <string.h>

#define WIDTH 110 /* columns of a paragraph as plain text */

struct eval_page {
  eval_page_kind kind;
  GString *out;
  int n_columns;
  bool words;       /* the table at hand has no numbers, */
  GPtrArray *cells; /* but these cells */
  bool in_list;
};

eval_page *
eval_page_new (eval_page_kind kind)
{
  eval_page *page = g_new0 (eval_page, 1);
  page->kind = kind;
  page->out = g_string_new (NULL);
  page->cells = g_ptr_array_new_with_free_func (g_free);
  return page;
}

static void
end_list (eval_page *page)
{
  if (page->in_list)
    g_string_append (page->out, page->kind == EVAL_PAGE_HTML ? "</ul>\n" : "\n");
  page->in_list = false;
}

char *
eval_page_finish (eval_page *page)
{
  end_list (page);
  g_ptr_array_unref (page->cells);
  char *text = g_string_free (page->out, FALSE);
  g_free (page);
  return text;
}

/* Valid UTF-8 on one line without control characters. */
static char *
tame (const char *text)
{
  char *valid = g_utf8_make_valid (text, -1);
  GString *out = g_string_new (NULL);
  for (const char *p = valid; *p; p = g_utf8_next_char (p)) {
    const gunichar c = g_utf8_get_char (p);
    g_string_append_unichar (out, g_unichar_iscntrl (c) ? ' ' : c);
  }
  g_free (valid);
  return g_string_free (out, FALSE);
}

static char *
escape (const eval_page *page, const char *text)
{
  char *tamed = tame (text), *escaped;
  if (page->kind == EVAL_PAGE_TEXT)
    return tamed;
  if (page->kind == EVAL_PAGE_HTML) {
    escaped = g_markup_escape_text (tamed, -1);
  } else {
    GString *out = g_string_new (NULL);
    for (const char *p = tamed; *p; p++) {
      if (strchr ("\\`*_[]<>|&~", *p))
        g_string_append_c (out, '\\');
      g_string_append_c (out, *p);
    }
    escaped = g_string_free (out, FALSE);
  }
  g_free (tamed);
  return escaped;
}

static char *
escaped_format (const eval_page *page, const char *format, va_list arguments)
{
  char *text = g_strdup_vprintf (format, arguments), *escaped = escape (page, text);
  g_free (text);
  return escaped;
}

void
eval_page_heading (eval_page *page, int level, const char *text)
{
  char *escaped = escape (page, text);
  end_list (page);
  if (page->kind == EVAL_PAGE_HTML)
    g_string_append_printf (page->out, "<h%d>%s</h%d>\n", level, escaped, level);
  else if (page->kind == EVAL_PAGE_MARKDOWN)
    g_string_append_printf (page->out, "%.*s %s\n\n", level, "######", escaped);
  else
    g_string_append_printf (page->out, "%s%s\n\n", level > 2 ? "- " : "", escaped);
  g_free (escaped);
}

/* Words of text in lines of at most WIDTH columns. */
static void
add_wrapped (GString *out, const char *first, const char *others, const char *text)
{
  char **words = g_strsplit (text, " ", -1);
  glong column = 0;
  for (int i = 0; words[i]; i++) {
    const glong width = g_utf8_strlen (words[i], -1);
    const bool fits = i > 0 && column + 1 + width <= WIDTH;
    if (!fits)
      column = (glong) strlen (i ? others : first);
    g_string_append (out, fits ? " " : i ? "\n" : "");
    g_string_append (out, fits ? "" : i ? others : first);
    g_string_append (out, words[i]);
    column += width + fits;
  }
  g_string_append_c (out, '\n');
  g_strfreev (words);
}

/* Nothing at the start of a block of Markdown begins a heading, a list or a rule. Takes text. */
static char *
tame_start (const eval_page *page, char *text)
{
  const size_t digits = strspn (text, "0123456789");
  const char *after = text + digits + 1;
  const bool mark = *text && strchr ("#-+=", *text), number = digits > 0 && text[digits] && strchr (".)", text[digits]) && (!*after || *after == ' ');
  if (page->kind != EVAL_PAGE_MARKDOWN || !(mark || number))
    return text;
  char *tamed = g_strdup_printf ("%.*s\\%s", (int) digits, text, text + digits);
  g_free (text);
  return tamed;
}

void
eval_page_text (eval_page *page, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  char *text = tame_start (page, escaped_format (page, format, arguments));
  va_end (arguments);
  end_list (page);
  if (page->kind == EVAL_PAGE_HTML)
    g_string_append_printf (page->out, "<p>%s</p>\n", text);
  else if (page->kind == EVAL_PAGE_MARKDOWN)
    g_string_append_printf (page->out, "%s\n\n", text);
  else
    add_wrapped (page->out, "", "", text), g_string_append_c (page->out, '\n');
  g_free (text);
}

void
eval_page_item (eval_page *page, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  char *text = tame_start (page, escaped_format (page, format, arguments));
  va_end (arguments);
  if (page->kind == EVAL_PAGE_HTML)
    g_string_append_printf (page->out, "%s<li>%s</li>\n", page->in_list ? "" : "<ul>\n", text);
  else if (page->kind == EVAL_PAGE_MARKDOWN)
    g_string_append_printf (page->out, "- %s\n", text);
  else
    add_wrapped (page->out, "- ", "  ", text);
  page->in_list = true;
  g_free (text);
}

/* More of them than stand together anywhere in text. */
static char *
fence_around (const char *text)
{
  size_t longest = 2;
  for (const char *p = text; (p = strchr (p, '`')); p += strspn (p, "`"))
    longest = MAX (longest, strspn (p, "`"));
  return g_strnfill (longest + 1, '`');
}

void
eval_page_code (eval_page *page, const char *text)
{
  char **lines = g_strsplit (text, "\n", -1), *fence = fence_around (text);
  const char *const begin[] = { "", fence, "<pre>" }, *const end[] = { "", fence, "</pre>" };
  const char *indent = page->kind == EVAL_PAGE_TEXT ? "    " : "", *mark = page->kind == EVAL_PAGE_MARKDOWN ? "\n" : "";
  end_list (page);
  g_string_append_printf (page->out, "%s%s", begin[page->kind], mark);
  for (int i = 0; lines[i]; i++) {
    char *line = page->kind == EVAL_PAGE_HTML ? escape (page, lines[i]) : tame (lines[i]);
    g_string_append_printf (page->out, "%s%s%s", indent, line, lines[i + 1] || page->kind != EVAL_PAGE_HTML ? "\n" : "");
    g_free (line);
  }
  g_string_append_printf (page->out, "%s\n%s", end[page->kind], mark);
  g_free (fence);
  g_strfreev (lines);
}

void
eval_page_picture (eval_page *page, const char *svg, const char *says)
{
  if (page->kind != EVAL_PAGE_HTML)
    return;
  char *data = g_base64_encode ((const guchar *) svg, strlen (svg)), *escaped = escape (page, says);
  end_list (page);
  g_string_append_printf (page->out, "<img alt=\"%s\" src=\"data:image/svg+xml;base64,%s\">\n", escaped, data);
  g_free (escaped);
  g_free (data);
}

char *
eval_page_whole (const char *title, const char *body)
{
  static const char head[] =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width\">\n<title>%s</title>\n<style>\n"
      ":root { color-scheme: light dark; --ink: #222; --paper: #fff; --line: #ddd; --shade: #f4f4f4; }\n"
      "@media (prefers-color-scheme: dark) { :root { --ink: #e3e6ea; --paper: #15191e; --line: #39414b; --shade: #20262d; } }\n"
      "body { font: 16px/1.55 system-ui, sans-serif; max-width: 62em; margin: 2em auto; padding: 0 1em; color: var(--ink); "
      "background: var(--paper); }\n"
      "h1, h2, h3 { line-height: 1.2; margin: 1.6em 0 0.4em; }\n"
      "table { border-collapse: collapse; margin: 1em 0; display: block; overflow-x: auto; font-size: 0.9em; }\n"
      "th, td { padding: 0.2em 0.7em; border-bottom: 1px solid var(--line); text-align: right; font-weight: normal; }\n"
      "td { white-space: nowrap; font-variant-numeric: tabular-nums; }\n"
      "tr:first-child th { font-weight: bold; vertical-align: bottom; }\nth:first-child, .words th, .words td { text-align: left; }\n"
      "pre { overflow-x: auto; background: var(--shade); padding: 0.7em; }\nimg { max-width: 100%%; border-radius: 6px; }\n"
      "</style>\n</head>\n<body>\n";
  char *tamed = tame (title), *escaped = g_markup_escape_text (tamed, -1);
  GString *out = g_string_new (NULL);
  g_string_append_printf (out, head, escaped);
  g_string_append (out, body);
  g_string_append (out, "</body>\n</html>\n");
  g_free (escaped);
  g_free (tamed);
  return g_string_free (out, FALSE);
}

/* ---- tables -------------------------------------------------------------------------------------------------------------- */

void
eval_page_table (eval_page *page, int n_columns)
{
  end_list (page);
  page->n_columns = n_columns;
  page->words = false;
  g_ptr_array_set_size (page->cells, 0);
}

void
eval_page_words (eval_page *page, int n_columns)
{
  eval_page_table (page, n_columns);
  page->words = true;
}

void
eval_page_cell (eval_page *page, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_ptr_array_add (page->cells, escaped_format (page, format, arguments));
  va_end (arguments);
}

static void
add_html (const eval_page *page)
{
  g_string_append (page->out, page->words ? "<table class=\"words\">\n" : "<table>\n");
  for (guint i = 0; i < page->cells->len; i++) {
    const int column = (int) i % page->n_columns;
    const char *tag = i < (guint) page->n_columns || column == 0 ? "th" : "td";
    g_string_append_printf (page->out, "%s<%s>%s</%s>", column ? "" : "<tr>", tag, (char *) page->cells->pdata[i], tag);
    if (column == page->n_columns - 1)
      g_string_append (page->out, "</tr>\n");
  }
  g_string_append (page->out, "</table>\n");
}

static void
add_markdown (const eval_page *page)
{
  for (guint i = 0; i < page->cells->len; i++) {
    const int column = (int) i % page->n_columns;
    g_string_append_printf (page->out, "| %s ", (char *) page->cells->pdata[i]);
    if (column == page->n_columns - 1)
      g_string_append (page->out, "|\n");
    if (i == (guint) page->n_columns - 1)
      for (int c = 0; c < page->n_columns; c++)
        g_string_append_printf (page->out, "| %s %s", c && !page->words ? "---:" : "---", c == page->n_columns - 1 ? "|\n" : "");
  }
  g_string_append_c (page->out, '\n');
}

static glong
width_of (const eval_page *page, int column)
{
  glong width = 0;
  for (guint i = (guint) column; i < page->cells->len; i += (guint) page->n_columns)
    width = MAX (width, g_utf8_strlen (page->cells->pdata[i], -1));
  return width;
}

static void
add_text (const eval_page *page)
{
  glong *widths = g_new (glong, page->n_columns);
  for (int c = 0; c < page->n_columns; c++)
    widths[c] = width_of (page, c);
  for (guint i = 0; i < page->cells->len; i++) {
    const int column = (int) i % page->n_columns;
    const char *cell = page->cells->pdata[i];
    const int pad = (int) (widths[column] - g_utf8_strlen (cell, -1));
    const bool last = column == page->n_columns - 1;
    if (column == 0 || page->words)
      g_string_append_printf (page->out, "%s%s%*s", column ? "  " : "", cell, last ? 0 : pad, "");
    else
      g_string_append_printf (page->out, "  %*s%s", pad, "", cell);
    if (last)
      g_string_append_c (page->out, '\n');
  }
  g_string_append_c (page->out, '\n');
  g_free (widths);
}

void
eval_page_table_end (eval_page *page)
{
  if (page->kind == EVAL_PAGE_HTML)
    add_html (page);
  else if (page->kind == EVAL_PAGE_MARKDOWN)
    add_markdown (page);
  else
    add_text (page);
}
