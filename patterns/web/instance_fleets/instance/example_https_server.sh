install --directory /srv/web
echo "Served by $(hostname)" >/srv/web/index.html
# A certificate that nobody vouches for: it encrypts, and a real application brings its own.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 90 -subj "/CN=example" \
  -keyout /etc/pki/tls/private/web.pem -out /etc/pki/tls/certs/web.pem
cat >/usr/local/bin/web.py <<'PYTHON'
import http.server, os, ssl
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
credentials = os.environ["CREDENTIALS_DIRECTORY"]
context.load_cert_chain(f"{credentials}/certificate", f"{credentials}/key")
handler = lambda *given: http.server.SimpleHTTPRequestHandler(*given, directory="/srv/web")
server = http.server.ThreadingHTTPServer(("", int(os.environ["PORT"])), handler)
# The handshake happens in each connection's own thread: one that never ends holds nobody up.
server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
server.serve_forever()
PYTHON
cat >/etc/systemd/system/web.service <<UNIT
[Unit]
Description=Example web application
[Service]
DynamicUser=yes
AmbientCapabilities=CAP_NET_BIND_SERVICE
LoadCredential=certificate:/etc/pki/tls/certs/web.pem
LoadCredential=key:/etc/pki/tls/private/web.pem
Environment=PORT=$APPLICATION_PORT
ExecStart=/usr/bin/python3 /usr/local/bin/web.py
Restart=always
[Install]
WantedBy=multi-user.target
UNIT
systemctl enable --now web.service
