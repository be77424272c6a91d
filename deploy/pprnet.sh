#!/bin/sh
# Runs a command of the bot as the service does: its user, its settings, its folder. As root: pprnet doctor
# Install it: install -m 755 deploy/pprnet.sh /usr/local/bin/pprnet
exec systemd-run --quiet --pipe --wait --collect --working-directory=/var/lib/pprnet \
  --property=User=pprnet --property=Group=pprnet --property=UMask=0077 \
  --property=StateDirectory='pprnet pprnet/backups' --property=StateDirectoryMode=0700 \
  --property=EnvironmentFile=/etc/pprnet.env --setenv=TERM="${TERM:-dumb}" \
  /opt/pprnet/.venv/bin/pprnet "$@"
