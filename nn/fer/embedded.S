/* SPDX-License-Identifier: MIT */
        .section .rodata
        .global fer_embedded_start
        .global fer_embedded_end
        .hidden fer_embedded_start
        .hidden fer_embedded_end
        .balign 64
fer_embedded_start:
        .incbin FER_MODEL_FILE
fer_embedded_end:
        .byte 0
        .section .note.GNU-stack, "", %progbits
