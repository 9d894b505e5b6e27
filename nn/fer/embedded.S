/* SPDX-License-Identifier: MIT
 * FER_FILE between the symbols fer_embedded_NAME_start and _end, for a FER_NAME. */
#define JOINED(a, b, c) a##b##c
#define SYMBOL(name, end) JOINED (fer_embedded_, name, end)
#define START SYMBOL (FER_NAME, _start)
#define END SYMBOL (FER_NAME, _end)
        .section .rodata
        .global START
        .global END
        .hidden START
        .hidden END
        .balign 64
START:
        .incbin FER_FILE
END:
        .byte 0
        .section .note.GNU-stack, "", %progbits
