#!/bin/sh
# Installs IP2P Desktop for this user, without root.
#
#     sh install.sh [--prefix FOLDER]
#
# The program goes to FOLDER/lib/ip2p-desktop and its command to FOLDER/bin; FOLDER is ~/.local unless it is given.
# Menu entry, icons and kinds of files go to $XDG_DATA_HOME (~/.local/share), or with --prefix to FOLDER/share.
# Another version that is installed there is replaced. "sh FOLDER/lib/ip2p-desktop/uninstall.sh" removes it all.
set -eu

name=ip2p-desktop
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

[ -n "${HOME:-}" ] || fail "The variable HOME is not set. Set it to your home folder and try again."
prefix=$HOME/.local
data=${XDG_DATA_HOME:-$HOME/.local/share}
case "${1:-}" in
    "") ;;
    --prefix)
        if [ $# -ne 2 ] || [ -z "$2" ]; then fail "--prefix needs one folder."; fi
        case "$2" in /*) prefix=$2 ;; *) prefix=$(pwd -P)/$2 ;; esac
        data=$prefix/share
        ;;
    *)
        echo "sh install.sh [--prefix FOLDER]   installs IP2P Desktop for this user, in ~/.local or in FOLDER"
        [ "$1" = --help ] || [ "$1" = -h ] || exit 2
        exit 0
        ;;
esac
case "$prefix$data" in
    *"
"*) fail "The path of the folder contains a line break. Choose another folder with --prefix." ;;
esac
[ -x "$here/program/$name" ] || fail "The folder program beside install.sh is missing. Unpack the archive again."

folders=

# Create a folder with its parents, and note which were not there.
make_folder() {
    [ ! -d "$1" ] || return 0
    make_folder "$(dirname -- "$1")"
    mkdir -- "$1" || fail "The folder $1 cannot be created. Choose another folder with --prefix."
    folders="$folders$1
"
}

make_folder "$prefix/lib"
prefix=$(CDPATH='' cd -- "$prefix" && pwd -P)
program=$prefix/lib/$name
if [ -e "$program" ] && [ ! -f "$program/installed" ]; then
    fail "$program exists and was not installed by this script. Move it away, or choose another folder with --prefix."
fi
for each in /proc/[0-9]*/exe; do
    if [ "$(readlink -- "$each" 2>/dev/null)" = "$program/$name" ]; then
        fail "IP2P Desktop is running. Quit it, then start this script again."
    fi
done

new=$program.new
files=$new/installed
rm -rf -- "$new"
trap 'rm -rf -- "$new"; fail "The installation failed; an earlier version, if there was one, is still there."' EXIT
trap 'exit 1' HUP INT TERM
echo "Copying the program to $program ..."
cp -R -P -p -- "$here/program" "$new"
cp -- "$here/uninstall.sh" "$new/uninstall.sh"
: >"$files"

# The path as a word of the line Exec, which has an escape of its own within that of all values.
exec_word=$(printf '%s' "$program/$name" | sed -e 's/[\\"`$]/\\&/g' -e 's/\\/\\\\/g' -e 's/%/%%/g')
plain_word=$(printf '%s' "$program/$name" | sed -e 's/\\/\\\\/g')

# Copy a file, and note it.
install_file() {
    make_folder "$(dirname -- "$2")"
    case "$2" in
        *.desktop)
            while IFS= read -r line; do
                case "$line" in
                    Exec=*) printf 'Exec="%s" %%F\n' "$exec_word" ;;
                    TryExec=*) printf 'TryExec=%s\n' "$plain_word" ;;
                    *) printf '%s\n' "$line" ;;
                esac
            done <"$1" >"$2"
            ;;
        *) cp -- "$1" "$2" ;;
    esac
    printf '%s\n' "$2" >>"$files"
}

(cd -- "$here/share" && find . -type f | sort) >"$new/share-list"
while IFS= read -r file; do
    install_file "$here/share/$file" "$data/${file#./}"
done <"$new/share-list"
make_folder "$prefix/bin"
ln -s -f -- "$program/$name" "$prefix/bin/$name"
printf '%s\n' "$prefix/bin/$name" >>"$files"

if [ -f "$program/installed" ]; then
    # files that the earlier version had and this one has not
    grep -v -x -F -f "$files" -- "$program/installed" | while IFS= read -r file; do rm -f -- "$file"; done
fi
rm -f -- "$new/share-list"
# folders that an earlier version created are of this one too
printf '%s' "$folders" >"$new/created"
[ ! -f "$program/created" ] || cat -- "$program/created" >>"$new/created"
printf '%s\n' "$data" >"$new/data-folder"
rm -rf -- "$program.old"
[ ! -d "$program" ] || mv -- "$program" "$program.old"
mv -- "$new" "$program"
trap - EXIT
rm -rf -- "$program.old"

! command -v update-desktop-database >/dev/null || update-desktop-database -q "$data/applications" || true
! command -v update-mime-database >/dev/null || update-mime-database "$data/mime" >/dev/null 2>&1 || true
touch -c -- "$data/icons/hicolor"

echo "IP2P Desktop is installed. It is in the menu of programs; its command is $prefix/bin/$name"
case ":${PATH:-}:" in
    *":$prefix/bin:"*) ;;
    *) echo "The folder $prefix/bin is not in PATH, so the command needs its whole path." ;;
esac
echo "To remove it: sh \"$program/uninstall.sh\""
