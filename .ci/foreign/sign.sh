#!/usr/bin/env bash
# .ci/foreign/sign.sh DIRECTORY: signs DIRECTORY/content.txt at level B-B with programs of others: OpenSSL, BouncyCastle and EU DSS, attached and
# detached, for the example `cades_matrix` to take to B-LTA. Needs DIRECTORY/foreign.p12 (password `secret`) and the judges (JUDGES_HOME).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$1"
openssl pkcs12 -in foreign.p12 -passin pass:secret -nodes -nocerts -out foreign-key.pem 2>/dev/null
openssl pkcs12 -in foreign.p12 -passin pass:secret -nokeys -clcerts -out foreign-signer.pem 2>/dev/null
openssl pkcs12 -in foreign.p12 -passin pass:secret -nokeys -cacerts -out foreign-chain.pem 2>/dev/null
sign=(openssl cms -sign -cades -binary -in content.txt -signer foreign-signer.pem -inkey foreign-key.pem -certfile foreign-chain.pem -outform DER)
"${sign[@]}" -nodetach -out foreign-openssl-b.p7m
"${sign[@]}" -out foreign-openssl-b.p7s
"${sign[@]}" -md sha512 -out foreign-openssl-sha512-b.p7s
# In one pass: indefinite lengths, content in pieces.
"${sign[@]}" -nodetach -stream -out foreign-openssl-ber-b.p7m
java -XX:TieredStopAtLevel=1 -cp "$JUDGES_HOME/dss/lib/*" "$here/SignCades.java" content.txt foreign.p12 secret .
rm -f foreign-key.pem
