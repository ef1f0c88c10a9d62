#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# The Debian package: made, looked at by lintian, unpacked and used. Exit code 77: what
# makes or looks at it is not installed.
#
# usage: package_test.sh BUILD_DIR
set -euo pipefail

build=$1
for tool in cpack dpkg-deb lintian lowdown; do
  command -v "$tool" >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
done
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
cd -- "$scratch"

cpack --config "$build/CPackConfig.cmake" >cpack.log || { cat cpack.log; exit 1; }
# The project has no mail host that anybody could write to.
lintian --allow-root --fail-on error,warning \
  --suppress-tags bogus-mail-host,bogus-mail-host-in-debian-changelog ./*.deb
dpkg-deb --extract ./*.deb root
root/usr/bin/frwrsim list scenarios --names | grep -qx upstream-report
root/usr/bin/frwrsim explore r7-dma-map-failure -p fix >/dev/null || (($? == 1))
# A line for apropos on every page; a page for every command; no path of this machine.
for page in root/usr/share/man/man*/*.gz; do
  zcat "$page" >text
  grep -A 2 '^\.SH NAME$' text | grep -E '^[a-z_-]+ \\- .' >/dev/null
  if grep -F -e "$build" -e "$scratch" text; then exit 1; fi
done
root/usr/bin/frwrsim --help | sed -n '/^Subcommands:/,$s/^  \([a-z]\+\) .*/\1/p' >commands
while read -r command; do
  [[ -e root/usr/share/man/man1/frwrsim-$command.1.gz ]]
done <commands
for page in man1/frwrsim.1 man1/check_certificate.1 man5/frwrsim-scenarios.5; do
  [[ -e root/usr/share/man/$page.gz ]]
done
[[ -e root/usr/share/doc/frwrsim/docs/manual/run.md ]]
dpkg-deb --field ./*.deb Depends | grep -q libstdc++6

cpack --config "$build/CPackSourceConfig.cmake" >cpack.log || { cat cpack.log; exit 1; }
tar -tzf frwrsim-*.tar.gz >files
grep -q '/sim/search/explorer.h$' files
if grep -E '/(build|\.git)/' files; then exit 1; fi
echo 'package: lintian-clean, unpacked, runs; the source tarball has the source'
