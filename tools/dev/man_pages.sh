#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Manual pages made of docs/manual/, so that there is one text: frwrsim(1), one page for each
# command (frwrsim-run(1)), check_certificate(1), and frwrsim-scenarios(5), frwrsim-formats(5).
#
# lowdown translates Markdown. Around it: the title becomes the NAME section that apropos
# reads, links become names of manual pages or of files in the folder of documents, and what
# is to be typed gets minus signs instead of hyphens.
#
# usage: man_pages.sh VERSION MANUAL DIRECTORY
# Reads MANUAL/*.md, writes DIRECTORY/man1/*.1.gz and DIRECTORY/man5/*.5.gz.
set -euo pipefail
export LC_ALL=C.UTF-8

version=$1 manual=$2 directory=$3
mkdir -p -- "$directory/man1" "$directory/man5"

# name_of FILE: what the page is called; section_of FILE: where it belongs.
name_of() {
  case $1 in
    README) echo frwrsim ;;
    check_certificate) echo "$1" ;;
    *) echo "frwrsim-$1" ;;
  esac
}
section_of() {
  case $1 in
    scenarios | formats) echo 5 ;;
    *) echo 1 ;;
  esac
}

# Sed commands that turn links to pages of the manual into their names.
page_links=''
for path in "$manual"/*.md; do
  file=$(basename -- "$path" .md)
  page="**$(name_of "$file")**($(section_of "$file"))"
  page_links+="s/\\[$file(\\.md)?\\]\\($file\\.md(#[^)]*)?\\)/$page/g
s/\\[([^]]*)\\]\\($file\\.md(#[^)]*)?\\)/\\1 ($page)/g
"
done

links() {
  sed -z -E "$page_links"'
    s/!\[([^]]*)\]\(\.\.\/([^)]*)\)/(Picture: docs\/\2)/g
    s/\[([^]]*)\]\(\.\.\/\.\.\/([^)#]*)(#[^)]*)?\)/\1/g
    s/\[([^]]*)\]\(\.\.\/\1(#[^)]*)?\)/docs\/\1/g
    s/\[([^]]*)\]\(\.\.\/([^)#]*)(#[^)]*)?\)/\1 (docs\/\2)/g
    s/\[([^]]*)\]\(#[^)]*\)/\1/g'
}

# The page's text in the sections of a manual page.
sections() {
  local name=$1 path=$2
  local line synopsis
  line=$(sed -n '1s/^# [^:]*: //p' "$path")
  synopsis=$(sed -n 's/^[Uu]sage: //p' "$path" | head -n 1)
  printf '# NAME\n\n%s - %s\n\n' "$name" "$line"
  # shellcheck disable=SC2016  # backquotes of Markdown, nothing to expand
  [[ -z $synopsis ]] || printf '# SYNOPSIS\n\n`%s`\n\n' "$synopsis"
  printf '# DESCRIPTION\n'
  # shellcheck disable=SC2016  # backquotes of Markdown, nothing to expand
  sed -E '1d; /^```/,/^```/!{ s/^## (.*)/# \U\1/; s/^### /## /; }' "$path"
}

# What lowdown wrote, as man, apropos and lintian like it. In tables short cells are no text
# blocks, so that their column is as narrow as they are, and the last column gets the rest.
mend() {
  sed -E '
    /^\.S[HS]$/{ N; s/\n/ /; }
    /^\.SH NAME$/,/^\.SH /{ /^\./!s/ - / \\- /; }
    /^\.EX$/,/^\.EE$/s/-/\\-/g
    :more
    s/(\\fC([^\\-]|\\[^f])*)-/\1\\-/
    t more
    s/\\fC/\\fB/g
    s/^\.TS$/.na\n.nh\n.TS/
    s/^\.TE$/.TE\n.hy\n.ad\n.sp/
    s/^tab\(\|\) expand allbox;$/tab(|) allbox;/
    s/^(lb( lb)*)$/\1x/
    s/^(l( l)*)\.$/\1x./' |
    sed -z -E 's/T\{\n([^\n]{0,28}|[^ \n]*)\nT\}/\1/g'
}

for path in "$manual"/*.md; do
  file=$(basename -- "$path" .md)
  name=$(name_of "$file") section=$(section_of "$file")
  {
    # Tables: a preprocessor is needed, and this line is how man knows.
    printf "'\\\\\" t\n"
    sections "$name" "$path" | links |
      lowdown -s -Tman --out-no-smarty -m "title=${name^^}" -m "section=$section" \
        -m "source=$version" -m "volume=frwrsim manual" | mend
  } | gzip -9 -n >"$directory/man$section/$name.$section.gz"
done
