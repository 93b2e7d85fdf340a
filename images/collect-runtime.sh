#!/bin/sh
# Collects below $1 what a Node program needs and nothing else: node, the libraries that it links, a user, and the records by
# which scanners know the Debian packages that these came from. No shell, no package manager.
set -eu

root=$1
user=$2
node=$(command -v node)

install -D -m 0755 "$node" "$root/usr/local/bin/node"
mkdir -p "$root/etc" "$root/usr/lib" "$root/usr/lib64" "$root/var/lib/dpkg/status.d"
ln -s usr/lib "$root/lib"
ln -s usr/lib64 "$root/lib64"
mkdir -m 1777 "$root/tmp"

ldd "$node" | sed -n 's/^[^/]*\(\/[^ ]*\) (.*$/\1/p' | sort -u | while read -r library; do
  # Debian's /lib is a link to /usr/lib, and packages record either name.
  place=$(readlink -f "$(dirname "$library")")/$(basename "$library")
  install -D -m 0755 "$library" "$root$place"
  package=$(dpkg -S "$(readlink -f "$library")" 2>/dev/null || dpkg -S "$library" || dpkg -S "${library#/usr}")
  echo "${package%%: *}"
done | sort -u | while read -r package; do
  name=${package%%:*}
  dpkg-query --status "$package" >"$root/var/lib/dpkg/status.d/$name"
  install -D -m 0644 "/usr/share/doc/$name/copyright" "$root/usr/share/doc/$name/copyright"
done

install -m 0644 /etc/os-release "$root/etc/os-release"
echo "app:x:$user:$user::/app:/sbin/nologin" >"$root/etc/passwd"
echo "app:x:$user:" >"$root/etc/group"
