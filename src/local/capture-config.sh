#!/bin/sh
# Stands in for workerd while assemble.ts runs: keeps the configuration that Miniflare hands over, and starts nothing.
cat >"$EMULSION_RUNTIME_CONFIG"
