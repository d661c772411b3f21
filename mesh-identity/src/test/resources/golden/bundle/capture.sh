#!/bin/sh
# Transparent capture for one VM of the mesh. Run as root; Envoy must run as the user MOORING_PROXY_UID.
#
#   capture.sh up     redirect the VM's TCP traffic into Envoy (15001 outbound, 15006 inbound); repeatable
#   capture.sh down   remove exactly what "up" made; repeatable
#
# MOORING_PROXY_UID     uid of Envoy, never captured (1337)
# MOORING_EXCLUDE_IN    inbound ports that are left alone ("22")
# MOORING_EXCLUDE_OUT   outbound destination ports that are left alone ("")
set -eu

proxy_uid=${MOORING_PROXY_UID:-1337}
exclude_in=${MOORING_EXCLUDE_IN-22}
exclude_out=${MOORING_EXCLUDE_OUT-}
control_plane_ip='10.0.0.254'
control_plane_port='15012'
chains='MOORING_IN MOORING_OUT MOORING_TO_IN MOORING_TO_OUT'

rules() { # envoy's source address, loopback, control plane address or nothing
  echo '*nat'
  for chain in $chains; do echo ":$chain - [0:0]"; done
  echo '-A MOORING_TO_OUT -p tcp -j REDIRECT --to-ports 15001'
  echo '-A MOORING_TO_IN -p tcp -j REDIRECT --to-ports 15006'
  for port in $exclude_in; do echo "-A MOORING_IN -p tcp --dport $port -j RETURN"; done
  echo '-A MOORING_IN -p tcp -j MOORING_TO_IN'
  echo "-A MOORING_OUT -o lo -s $1 -j RETURN"
  # Envoy calling its own VM's service goes through its inbound side; the application calling itself does not.
  echo "-A MOORING_OUT -o lo ! -d $2 -p tcp -m owner --uid-owner $proxy_uid -j MOORING_TO_IN"
  echo "-A MOORING_OUT -o lo -m owner ! --uid-owner $proxy_uid -j RETURN"
  echo "-A MOORING_OUT -m owner --uid-owner $proxy_uid -j RETURN"
  echo "-A MOORING_OUT -d $2 -j RETURN"
  # The agent joins before Envoy runs.
  echo "-A MOORING_OUT -p tcp ${3:+-d $3 }--dport $control_plane_port -j RETURN"
  for port in $exclude_out; do echo "-A MOORING_OUT -p tcp --dport $port -j RETURN"; done
  echo '-A MOORING_OUT -p tcp -j MOORING_TO_OUT'
  echo '-A PREROUTING -p tcp -j MOORING_IN'
  echo '-A OUTPUT -j MOORING_OUT'
  echo 'COMMIT'
}

# The address of the other family is none for this table: then the port alone counts.
of_family() { # 4 or 6
  case $control_plane_ip in
    *:*) if [ "$1" = 6 ]; then echo "$control_plane_ip"; fi ;;
    *) if [ "$1" = 4 ]; then echo "$control_plane_ip"; fi ;;
  esac
}

has_ipv6() { [ -e /proc/net/if_inet6 ] && command -v ip6tables-restore >/dev/null; }

up() {
  down
  rules 127.0.0.6/32 127.0.0.1/32 "$(of_family 4)" | iptables-restore --noflush
  if has_ipv6; then
    # The source address of Envoy's inbound side; IPv4 owns all of 127.0.0.0/8, IPv6 only ::1.
    ip -6 addr add ::6/128 dev lo 2>/dev/null || true
    rules ::6/128 ::1/128 "$(of_family 6)" | ip6tables-restore --noflush
  fi
}

remove() { # iptables or ip6tables
  while "$1" -t nat -D PREROUTING -p tcp -j MOORING_IN 2>/dev/null; do :; done
  while "$1" -t nat -D OUTPUT -j MOORING_OUT 2>/dev/null; do :; done
  for chain in $chains; do "$1" -t nat -F "$chain" 2>/dev/null || true; done
  for chain in $chains; do "$1" -t nat -X "$chain" 2>/dev/null || true; done
}

down() {
  remove iptables
  if has_ipv6; then
    remove ip6tables
    ip -6 addr del ::6/128 dev lo 2>/dev/null || true
  fi
}

case ${1-} in
  up) up ;;
  down) down ;;
  *)
    echo "usage: $0 up|down" >&2
    exit 2
    ;;
esac
