#!/bin/sh
# Makes the bundled fonts in src/image/fonts from Debian's fonts-liberation2 (SIL OFL 1.1) with python3-fonttools:
# Latin, Greek, Cyrillic, punctuation, currency and arrows, without hinting, which the renderer does not use.
# The licence reserves the name Liberation for unmodified fonts, so the reduced ones are called Emulsion Sans, Serif and Mono.
set -eu
cd "$(dirname "$0")/.."
source=/usr/share/fonts/truetype/liberation2
target=src/image/fonts
unicodes='U+0020-007E,U+00A0-017F,U+0192,U+0218-021B,U+02C6-02DD,U+0300-0304,U+0306-030C,U+0327,U+0328,U+0370-03FF,U+0400-045F,U+0490-0491,U+1E80-1E85,U+1E9E,U+1EF2-1EF3,U+2010-2015,U+2017-201E,U+2020-2022,U+2026,U+2030,U+2032-2033,U+2039-203A,U+203C,U+2044,U+2070,U+2074-2079,U+2080-2089,U+20A0-20BF,U+2105,U+2113,U+2116,U+2122,U+2126,U+212E,U+215B-215E,U+2190-2195,U+2202,U+2206,U+220F,U+2211-2212,U+2215,U+221A,U+221E,U+222B,U+2248,U+2260,U+2264-2265,U+25CA,U+FB01-FB02'
for family in Sans Serif Mono; do
  for style in Regular Bold; do
    name=$(echo "$family-$style" | tr 'A-Z' 'a-z')
    /usr/bin/python3 -m fontTools.subset "$source/Liberation$family-$style.ttf" --output-file="$target/$name.ttf" --unicodes="$unicodes" \
      --layout-features='kern,liga,mark,mkmk,ccmp,locl' --no-hinting --desubroutinize --drop-tables+=FFTM,DSIG,GDEF --name-IDs='0,1,2,4,6,13,14' --notdef-outline
    /usr/bin/python3 - "$target/$name.ttf" "$family" "$style" <<'PY'
import sys
from fontTools.ttLib import TTFont
path, family, style = sys.argv[1:]
font = TTFont(path, recalcTimestamp=False)
names = {1: f'Emulsion {family}', 2: style, 4: f'Emulsion {family} {style}', 6: f'Emulsion{family}-{style}'}
for record in list(font['name'].names):
    if record.nameID in names:
        record.string = names[record.nameID]
font['head'].modified = font['head'].created
font.save(path)
PY
  done
done
cp /usr/share/doc/fonts-liberation2/copyright "$target/LICENSE.txt"
