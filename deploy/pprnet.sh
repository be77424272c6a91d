#!/bin/sh
# Runs a command of the bot as the service does: its user, its settings, its folder. As root: pprnet doctor
# Install it: install -m 755 deploy/pprnet.sh /usr/local/bin/pprnet
if [ "$(id -u)" -ne 0 ]; then
  echo "pprnet: run it as root (sudo): it becomes the bot's user by itself" >&2
  exit 2
fi
if [ ! -f /etc/pprnet.env ]; then
  echo "pprnet: there is no /etc/pprnet.env: copy deploy/pprnet.env.example there (docs/operator.md, Run it as a service)" >&2
  exit 2
fi
# Their numbers alone: there are secrets in the lines.
odd=$(grep -nvE '^[[:space:]]*([#;].*)?$|^[A-Za-z_][A-Za-z0-9_]*=' /etc/pprnet.env | cut -d: -f1 | paste -sd ' ' -)
if [ -n "$odd" ]; then
  echo "pprnet: /etc/pprnet.env: what is neither NAME=value nor a comment counts for nothing, in line $odd" >&2
fi
sandbox=
if [ "$1" = doctor ]; then # sees files as the service sees them
  sandbox="--property=ProtectSystem=strict --property=ProtectHome=yes --property=PrivateTmp=yes"
fi
# shellcheck disable=SC2086
exec systemd-run --quiet --pipe --wait --collect --working-directory=/var/lib/pprnet $sandbox \
  --property=User=pprnet --property=Group=pprnet --property=UMask=0077 \
  --property=StateDirectory='pprnet pprnet/backups' --property=StateDirectoryMode=0700 \
  --property=EnvironmentFile=/etc/pprnet.env --setenv=TERM="${TERM:-dumb}" \
  /opt/pprnet/.venv/bin/pprnet "$@"
