#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Manual pages made of what --help says: frwrsim(1) and one per command, frwrsim-run(1).
#
# usage: man_pages.sh PROGRAM CHECK_CERTIFICATE DIRECTORY
set -euo pipefail

program=$1 checker=$2 directory=$3
mkdir -p -- "$directory"
# The page of one version is the same bytes whenever and wherever it is made.
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-0} LC_ALL=C.UTF-8
version=$("$program" --version)
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT

# page NAME ONE_LINE INCLUDE [COMMAND]: help2man calls what it documents by a name of its
# own, so that no path of this machine is in the page.
page() {
  local name=$1 line=$2 include=$3 command=$4
  printf '#!/bin/sh\nexec %s "$@"\n' "$command" >"$scratch/$name"
  chmod +x "$scratch/$name"
  help2man --no-info --no-discard-stderr --section 1 --source "$version" \
    --version-string "$version" --name "$line" --include "$include" "$scratch/$name" |
    sed "s/^\.TH FRWRSIM /.TH ${name^^} /; s/^frwrsim \\\\- /$name \\\\- /" |
    gzip -9 -n >"$directory/$name.1.gz"
}

mapfile -t commands < <("$program" --help | sed -n '/^Subcommands:/,$s/^  \([a-z]\+\) .*/\1/p')
((${#commands[@]})) || { echo 'man_pages.sh: --help lists no commands' >&2; exit 1; }

see_also=''
for command in "${commands[@]}"; do see_also+=", .BR frwrsim-$command (1)"; done
printf '[see also]\n%s\n' "$(sed 's/, /,\n/g; s/^,\n//' <<<"${see_also#, }")" >"$scratch/all"
printf '[see also]\n.BR frwrsim (1)\n' >"$scratch/one"

page frwrsim 'deterministic simulator of the xprtrdma FRWR recovery race' "$scratch/all" "'$program'"
page check_certificate 'checks what frwrsim explore --certificate wrote' "$scratch/one" "'$checker'"
for command in "${commands[@]}"; do
  line=$("$program" "$command" --help | head -n 1)
  page "frwrsim-$command" "$line" "$scratch/one" "'$program' $command"
done
