#!/bin/sh
# Removes IP2P Desktop as install.sh has installed it. What you made with it stays.
set -eu

name=ip2p-desktop
program=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

for each in installed created data-folder; do
    [ -f "$program/$each" ] || fail "This folder was not installed by install.sh: $program"
done
for each in /proc/[0-9]*/exe; do
    if [ "$(readlink -- "$each" 2>/dev/null)" = "$program/$name" ]; then
        fail "IP2P Desktop is running. Quit it, then start this script again."
    fi
done
IFS= read -r data <"$program/data-folder"
folders=$(sort -r -u -- "$program/created")

while IFS= read -r file; do rm -f -- "$file"; done <"$program/installed"
cd /
rm -rf -- "$program"
! command -v update-desktop-database >/dev/null || update-desktop-database -q "$data/applications" || true
! command -v update-mime-database >/dev/null || update-mime-database "$data/mime" >/dev/null 2>&1 || true

# What the two tools make of no files at all.
if [ -d "$data/applications" ] && [ "$(ls -A -- "$data/applications")" = mimeinfo.cache ]; then
    rm -f -- "$data/applications/mimeinfo.cache"
fi
if [ -d "$data/mime/packages" ] && [ -z "$(ls -A -- "$data/mime/packages")" ]; then
    for each in XMLnamespaces aliases generic-icons globs globs2 icons magic mime.cache subclasses treemagic types version; do
        rm -f -- "$data/mime/$each"
    done
    rmdir -- "$data/mime/application" 2>/dev/null || true
fi
# Folders that were created for it and hold nothing else.
printf '%s\n' "$folders" | while IFS= read -r folder; do
    [ -z "$folder" ] || rmdir -- "$folder" 2>/dev/null || true
done

kept=${IP2P_DATA_DIR:-${XDG_DATA_HOME:-$HOME/.local/share}/IP2P Desktop}
echo "IP2P Desktop is removed."
if [ -d "$kept" ]; then
    echo "What you made with it stays in this folder; delete it if you do not need it: $kept"
fi
