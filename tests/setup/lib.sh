# SPDX-License-Identifier: GPL-2.0-or-later
# What the set-up scripts share. To be sourced.

CACHE=${PAPRIKA_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/paprika}

say() {
	printf 'paprika: %s\n' "$*" >&2
}

die() {
	say "$*"
	exit 1
}

# Runs a command as root: directly, or through sudo.
as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null 2>&1; then
		sudo "$@"
	else
		die "need root (or sudo) for: $*"
	fi
}

# install_packages PACKAGE...: those that are missing, saying so.
install_packages() {
	missing=
	for p in "$@"; do
		dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing="$missing $p"
	done
	[ -n "$missing" ] || return 0
	say "installing from Debian's packages:$missing"
	as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq >/dev/null
	# shellcheck disable=SC2086
	as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing \
		>/dev/null || die "could not install:$missing"
}

# The initramfs that belongs to this tree's init, as all who boot it name it: trees may share the cache. From
# the top of the tree.
initrd_name() {
	echo "$CACHE/initrd-$(cat tests/setup/guest.sh tests/setup/init | cksum | cut -d ' ' -f 1).cpio.gz"
}

# The same, made first if it is not there.
initrd() {
	[ -s "$(initrd_name)" ] || sh tests/setup/guest.sh >&2 || return 1
	initrd_name
}

# The mirror and the suite that this system's own sources name, as "URI SUITE".
system_mirror() {
	{
		cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
			sed -n 's/^deb \(\[[^]]*\] *\)\{0,1\}\([^ ]*\) \([^ ]*\) .*main.*/\2 \3/p'
		for f in /etc/apt/sources.list.d/*.sources; do
			[ -f "$f" ] && awk 'tolower($1)=="uris:"{u=$2} tolower($1)=="suites:"{print u, $2}' "$f"
		done
	} | awk -v c="$(. /etc/os-release; echo "$VERSION_CODENAME")" '$2==c{print; exit}'
}

# foreign_apt ARCH COMMAND...: apt-get for another architecture, with a state of its own in the cache.
# ARCH "source" is for source packages.
foreign_apt() {
	arch=$1
	shift
	state=$CACHE/apt-$arch
	if [ ! -f "$state/ready" ]; then
		mirror=$(system_mirror)
		[ -n "$mirror" ] || die "no Debian mirror in this system's apt sources"
		uri=${mirror% *}
		suite=${mirror#* }
		mkdir -p "$state/lists/partial" "$state/cache/archives/partial" "$state/parts"
		: >"$state/status"
		if [ "$arch" = source ]; then
			printf 'deb-src %s %s main\n' "$uri" "$suite"
		else
			printf 'deb %s %s main\ndeb %s %s-backports main\n' "$uri" "$suite" "$uri" "$suite"
		fi >"$state/sources.list"
		foreign_apt_run "$arch" update -qq >/dev/null || die "cannot read the package lists for $arch"
		: >"$state/ready"
	fi
	foreign_apt_run "$arch" "$@"
}

foreign_apt_run() {
	arch=$1
	shift
	state=$CACHE/apt-$arch
	machine=$arch
	[ "$arch" != source ] || machine=$(dpkg --print-architecture)
	apt-get -o Dir::State::status="$state/status" -o Dir::State="$state" \
		-o Dir::State::Lists="$state/lists" -o Dir::Cache="$state/cache" \
		-o Dir::Etc::SourceList="$state/sources.list" -o Dir::Etc::SourceParts="$state/parts" \
		-o Dir::Etc::Preferences=/dev/null -o Dir::Etc::PreferencesParts="$state/parts" \
		-o APT::Architecture="$machine" -o APT::Architectures="$machine" -o Debug::NoLocking=1 \
		-o APT::Sandbox::User="$(id -un)" "$@"
}

# foreign_get ARCH DIR COMMAND...: apt-get of packages into DIR; once more with new lists if the archive
# has moved on.
foreign_get() {
	arch=$1
	dir=$2
	shift 2
	rm -rf "$dir"
	mkdir -p "$dir"
	(cd "$dir" && foreign_apt "$arch" -qq "$@" >/dev/null 2>&1) && return 0
	rm -f "$CACHE/apt-$arch/ready"
	(cd "$dir" && foreign_apt "$arch" -qq "$@" >/dev/null) || die "cannot download: $*"
}

# foreign_unpack ARCH DIR PACKAGE...: these packages alone, unpacked into DIR.
foreign_unpack() {
	arch=$1
	to=$2
	shift 2
	mkdir -p "$to"
	foreign_get "$arch" "$CACHE/debs-$arch" download "$@"
	for d in "$CACHE/debs-$arch"/*.deb; do
		dpkg -x "$d" "$to"
	done
	rm -f "$CACHE/debs-$arch"/*.deb
}

# module_initrd VERSION INIT TO: the initrd of all lanes with this kernel's modules and an init of the lane's own.
module_initrd() {
	more=$(mktemp -d) || return 1
	mkdir "$more/modules"
	cp "$CACHE/modules-$1"/*.ko "$more/modules"
	cp "$2" "$more/init"
	chmod 755 "$more" "$more/init"
	(cd "$more" && find . | cpio -o -H newc --quiet -R 0:0) | gzip -1 >"$3.more"
	cat "$(initrd)" "$3.more" >"$3"
	rm -rf "$more" "$3.more"
}

# program_fetch PROGRAM PACKAGE...: a program for ppc64el, in $CACHE/PROGRAM-ppc64el.
program_fetch() {
	program=$1
	shift
	[ ! -f "$CACHE/$program-ppc64el/ready" ] || return 0
	say "fetching $program for ppc64el into $CACHE/$program-ppc64el"
	(foreign_unpack ppc64el "$CACHE/$program-ppc64el" "$@") && : >"$CACHE/$program-ppc64el/ready"
}

# program_files PROGRAM DIR: the program into DIR, with the libraries that it needs. Fails if it was not fetched.
program_files() {
	from=$CACHE/$1-ppc64el
	lib=lib/powerpc64le-linux-gnu
	[ -f "$from/ready" ] || return 1
	mkdir -p "$2/bin" "$2/lib64" "$2/$lib"
	cp "$from/usr/bin/$1" "$2/bin"
	cp -L "$(find "$from" -name ld64.so.2 -type f | head -n 1)" "$2/lib64/"
	files=$2/bin/$1
	while [ -n "$files" ]; do
		# shellcheck disable=SC2086
		needed=$(readelf -d $files | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort -u)
		files=
		for f in $needed; do
			[ "$f" != ld64.so.2 ] && [ ! -f "$2/$lib/$f" ] || continue
			cp -L "$(find "$from/usr/$lib" "$from/lib" -name "$f" 2>/dev/null | head -n 1)" "$2/$lib/" || return 1
			files="$files $2/$lib/$f"
		done
	done
}

iperf_fetch() {
	program_fetch iperf3 iperf3 libiperf0 libsctp1 libssl3 libc6
}

iperf_files() {
	program_files iperf3 "$1"
}

# iperf_initrd FROM TO: FROM with iperf3.
iperf_initrd() {
	more=$(mktemp -d) || return 1
	iperf_files "$more" && (cd "$more" && find . | cpio -o -H newc --quiet -R 0:0) | gzip -1 | cat "$1" - >"$2"
	done=$?
	rm -rf "$more"
	return $done
}
