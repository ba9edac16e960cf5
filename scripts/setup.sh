#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs the Debian packages that are missing. Sourced by the other scripts.
#   need_packages PACKAGE…     installs what is not there; says what it can't install and how to

need_packages() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
  done
  [[ ${#missing[@]} -eq 0 ]] && return 0
  local sudo=()
  if [[ $(id -u) -ne 0 ]]; then
    command -v sudo >/dev/null || {
      echo "these packages are missing, and installing them needs root: apt-get install ${missing[*]}" >&2
      return 1
    }
    sudo=(sudo)
  fi
  echo "installing: ${missing[*]}"
  "${sudo[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y -qq "${missing[@]}" >/dev/null
}

# What a build needs, and nothing else.
build_packages=(libnghttp2-dev zlib1g-dev libprotobuf-c-dev libsqlite3-dev libxml2-dev pkg-config)

need_swift() {
  command -v swift >/dev/null || {
    echo "swift is missing: install a Swift 6.3 toolchain from https://www.swift.org/install/ and put it on PATH" >&2
    return 1
  }
}
