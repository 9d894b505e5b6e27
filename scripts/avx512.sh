#!/bin/sh
# SPDX-License-Identifier: MIT
# avx512.sh FOLDER [TEST...]: libnn's tests of kernels on a processor with AVX-512 and VNNI, for machines without: Debian's kernel on a PC that Bochs
# emulates, a few hundred times slower. FOLDER holds a static build and the machine's disk. Ends with "N passed, N failed, N skipped".
set -eu
folder=$1
shift
[ $# != 0 ] || set -- conv conv16 fast kernels norm ops plan pointwise pool runner winograd

[ -f "$folder/build.ninja" ] || meson setup "$folder" -Dcore=true -Dc_link_args=-static
scripts/build.sh "$folder"

# The tests in memory, the kernel on a disk.
rm -rf "$folder/machine"
mkdir -p "$folder/machine/disk/isolinux" "$folder/machine/memory/tests"
cc -O2 -static tests/cross/init.c -o "$folder/machine/memory/init"
for test in "$@"; do
  strip -o "$folder/machine/memory/tests/$test" "$folder/tests/nn/test-nn-$test"
done
(cd "$folder/machine/memory" && find . | cpio -o -H newc --quiet >../disk/initrd)
cd "$folder/machine"
apt-get download -q "$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/.*Depends: \(linux-image-[0-9]\)/\1/p' | head -n 1)"
dpkg-deb --fsys-tarfile linux-image-*.deb | tar xO --wildcards './boot/vmlinuz-*' >disk/vmlinuz
cp /usr/lib/ISOLINUX/isolinux.bin /usr/lib/syslinux/modules/bios/ldlinux.c32 disk/isolinux/
# The kernel is to leave alone what Bochs 2.7 has wrong: the layout of saved registers with protection keys, or compacted; fast short copies.
cat >disk/isolinux/isolinux.cfg <<END
DEFAULT tests
LABEL tests
  KERNEL /vmlinuz
  INITRD /initrd
  APPEND console=ttyS0 loglevel=1 acpi=off hpet=disable tsc=reliable nokaslr mitigations=off panic=-1 noxsaves clearcpuid=pku,xsavec,xsaves,fsrm TEST_LEVELS="avx512vnni avx512 avx2 generic ref"
END
xorriso -as mkisofs -quiet -o disk.iso -b isolinux/isolinux.bin -no-emul-boot -boot-load-size 4 -boot-info-table disk
cat >bochsrc <<END
cpu: model=corei7_icelake_u, ips=50000000, reset_on_triple_fault=0, ignore_bad_msrs=1
megs: 512
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/vgabios/vgabios.bin
ata0-master: type=cdrom, path=disk.iso, status=inserted
boot: cdrom
com1: enabled=1, mode=file, dev=serial.txt
sound: waveoutdrv=dummy, waveindrv=dummy, midioutdrv=dummy
display_library: term
panic: action=fatal
log: bochs.log
END
echo continue >debugger
# Bochs wants a terminal; with its debugger it opens another for the screen. Both are to be read, or it waits when they are full.
TERM=xterm python3 -c 'import pty; pty.spawn(["bochs", "-q", "-f", "bochsrc", "-rc", "debugger"])' </dev/null >terminal.txt &
emulator=$!
sleep 5
screen=$(grep -ao '/dev/pts/[0-9]*' terminal.txt) || screen=/dev/null
cat "$screen" >/dev/null &
wait "$emulator" || true

# The serial line's text as a log of meson's. A test without an end is one that failed.
python3 - "$@" <<'END'
import json, re, sys
with open("serial.txt", errors="replace") as serial, open("tests.json", "w") as log:
    ran = {name: (output, int(status)) for name, output, status
           in re.findall(r"^begin (\S+)\n(.*?)^end (\d+)$", serial.read().replace("\r", ""), re.MULTILINE | re.DOTALL)}
    for name in sys.argv[1:]:
        output, status = ran.get(name, ("", 1))
        log.write(json.dumps({"name": name, "result": "FAIL" if status else "OK", "returncode": status, "stdout": output}) + "\n")
END
cd - >/dev/null
exec python3 scripts/count.py "$folder/machine/tests.json"
