#!/bin/sh
# Makes the bundled fonts in src/image/fonts from Debian's fonts-liberation2 (SIL OFL 1.1) with python3-fonttools:
# Latin, Greek, Cyrillic, punctuation, currency and arrows, without hinting, which the renderer does not use.
# Currency signs that Liberation does not have come from Debian's fonts-noto-core (SIL OFL 1.1), as Emulsion Currency.
# The licence reserves the name Liberation for unmodified fonts, so the reduced ones are called Emulsion Sans, Serif and Mono.
set -eu
cd "$(dirname "$0")/.."
source=/usr/share/fonts/truetype/liberation2
noto=/usr/share/fonts/truetype/noto
target=src/image/fonts
unicodes='U+0020-007E,U+00A0-024F,U+0259,U+0292,U+02B9-02DD,U+0300-0338,U+0370-03FF,U+0400-052F,U+1E00-1EFF,U+2000-206F,U+2070,U+2074-2079,U+207F,U+2080-2089,U+20A0-20C0,U+2105,U+2113,U+2116,U+2122,U+2126,U+212E,U+215B-215E,U+2190-2195,U+2202,U+2206,U+220F,U+2211-2212,U+2215,U+221A,U+221E,U+222B,U+2248,U+2260,U+2264-2265,U+25CA,U+2C60-2C7F,U+FB01-FB02'
currency='U+20B6-20BE'
for family in Sans Serif Mono Currency; do
  for style in Regular Bold; do
    name=$(echo "$family-$style" | tr 'A-Z' 'a-z')
    case $family in
      Currency) from="$noto/NotoSans-$style.ttf" letters=$currency ;;
      *) from="$source/Liberation$family-$style.ttf" letters=$unicodes ;;
    esac
    /usr/bin/python3 -m fontTools.subset "$from" --output-file="$target/$name.ttf" --unicodes="$letters" \
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
cp /usr/share/doc/fonts-noto-core/copyright "$target/LICENSE-currency.txt"
