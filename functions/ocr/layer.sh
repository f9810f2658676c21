#!/bin/sh
# Packs tesseract and pdftoppm of this Debian machine as a Lambda layer: functions/ocr/layer.sh FILE.zip
# A folder instead of a .zip is filled and left unpacked, to try it out.
set -eu

target=${1:?the file to write, such as ocr-layer.zip}
case "$target" in
    *.zip) root=$(mktemp -d) && trap 'rm -rf "$root"' EXIT ;;
    *) root=$target && mkdir -p "$root" ;;
esac
mkdir -p "$root/bin" "$root/ocr/bin" "$root/ocr/lib" "$root/ocr/fonts"

for program in tesseract pdftoppm; do
    path=$(command -v "$program") || { echo "$program is missing here" >&2; exit 1; }
    cp -L "$path" "$root/ocr/bin/"
    ldd "$path" | awk '$2 == "=>" { print $3 } $1 ~ /^\// { print $1 }' | while read -r library; do
        cp -L "$library" "$root/ocr/lib/"
    done
    # Started by the loader it was made for, so that the libraries of the runtime do not matter.
    cat >"$root/bin/$program" <<END
#!/bin/sh
here=\$(dirname "\$(dirname "\$(readlink -f "\$0")")")/ocr
export TESSDATA_PREFIX="\$here/tessdata" FONTCONFIG_FILE="\$here/fonts.conf"
exec "\$here/lib/$(basename "$(ldd "$path" | awk '$1 ~ /^\/.*ld-linux/ { print $1 }')")" --library-path "\$here/lib" "\$here/bin/$program" "\$@"
END
    chmod +x "$root/bin/$program"
done

data=$(dirname "$(find /usr/share/tesseract-ocr /usr/share/tessdata -name eng.traineddata 2>/dev/null | head -n 1)")
mkdir -p "$root/ocr/tessdata/configs"
for language in eng fil spa osd; do
    cp -L "$data/$language.traineddata" "$root/ocr/tessdata/"
done
cp -L "$data/configs/tsv" "$root/ocr/tessdata/configs/"

# For PDFs that bring no fonts of their own.
find /usr/share/fonts -name 'Liberation*.ttf' -exec cp -L {} "$root/ocr/fonts/" \;
cat >"$root/ocr/fonts.conf" <<'END'
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>/opt/ocr/fonts</dir>
  <cachedir>/tmp/fontconfig</cachedir>
  <alias><family>Helvetica</family><prefer><family>Liberation Sans</family></prefer></alias>
  <alias><family>Times</family><prefer><family>Liberation Serif</family></prefer></alias>
  <alias><family>Courier</family><prefer><family>Liberation Mono</family></prefer></alias>
</fontconfig>
END

case "$target" in
    *.zip) here=$(pwd) && (cd "$root" && zip -qr9y layer.zip . && mv layer.zip "$here/$target") ;;
esac
du -sh "$root" | awk '{ print $1 " unpacked (a function may have 250 MB with its layers)" }'
