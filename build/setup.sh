#!/bin/sh
# Installs the packages of package-lock.json when they are missing or out of date; says nothing when all is there.
set -eu
cd "$(dirname "$0")/.."

installed=node_modules/.package-lock.json
if [ -e "$installed" ] && [ -z "$(find package-lock.json -newer "$installed")" ]; then
  exit 0
fi

node_major=$(node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/')
if [ "${node_major:-0}" -lt 20 ] || ! command -v npm >/dev/null; then
  echo "error: Node.js 20 or newer with npm is needed to install the packages (found: $(node --version 2>/dev/null || echo none))" >&2
  exit 1
fi

echo "Installing the packages of package-lock.json into node_modules with npm ci, which takes about a minute" >&2
# Errors only: what npm warns of is the older Node that runs npm, not the one that will run the packages.
npm ci --loglevel=error >&2

# Everything runs on the Node of the lock file, whichever Node the machine has.
if ! node_modules/.bin/node --version >/dev/null 2>&1; then
  echo "error: npm has installed no Node.js binary for $(uname -sm): package.json has them for Linux, macOS and Windows on x64, and Linux and macOS on arm64" >&2
  exit 1
fi
echo "Installed, with Node.js $(node_modules/.bin/node --version)" >&2
