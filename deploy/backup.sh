#!/bin/sh
# One checked copy of an embedded database while Gatepost runs; copies older than 14 days go.
#   backup.sh DATABASE FOLDER
set -eu
database=$1
folder=$2
name=gatepost-$(date -u +%Y%m%dT%H%M%SZ).db

umask 077
mkdir -p "$folder"
# A half-written copy never has the name of a whole one.
trap 'rm -f "$folder/.$name"' EXIT
sqlite3 -bail -readonly "$database" ".timeout 30000" ".backup '$folder/.$name'"
if [ "$(sqlite3 "$folder/.$name" 'PRAGMA integrity_check')" != ok ]; then
    echo "the copy is not sound, so it is thrown away" >&2
    exit 1
fi
mv "$folder/.$name" "$folder/$name"
find "$folder" -maxdepth 1 -name 'gatepost-*.db' -mtime +14 -delete
echo "$folder/$name"
