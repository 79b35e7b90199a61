#!/bin/bash
# Installs VS Code's workbench and extension host, as code-server, from the npm registry.
#   install-code-server.sh VERSION FOLDER
# Native modules are compiled here, one by one: the package's own post-install script fetches from elsewhere.
set -euo pipefail
version=$1 folder=$2

mkdir -p "$folder"
cd "$folder"
rm -f installed
[ -f package.json ] || echo '{"private": true}' > package.json
export npm_config_audit=false npm_config_fund=false npm_config_yes=true

npm install --ignore-scripts "code-server@$version"
npm_config_build_from_source=true npm rebuild argon2

vscode=$PWD/node_modules/code-server/lib/vscode
cd "$vscode"
npm install --omit=dev --ignore-scripts
npm rebuild node-pty @vscode/spdlog native-watchdog

# Search wants a ripgrep binary, and the extension host an "asar" folder; both are links here.
mkdir -p node_modules/@vscode/ripgrep/bin
ln -sf "$(command -v rg)" node_modules/@vscode/ripgrep/bin/rg
rm -rf node_modules.asar
ln -s node_modules node_modules.asar
for pair in bin/remote-cli/code-linux.sh:bin/remote-cli/code-server bin/helpers/browser-linux.sh:bin/helpers/browser.sh; do
  if [ -e "${pair%%:*}" ]; then ln -sf "$(basename "${pair%%:*}")" "${pair##*:}"; fi
done

cd extensions
npm install --omit=dev --ignore-scripts
touch "$folder/installed"
