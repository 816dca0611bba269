install --directory /srv/web
echo "Served by $(hostname)" >/srv/web/index.html
cat >/etc/systemd/system/web.service <<'UNIT'
[Unit]
Description=Example web application
[Service]
DynamicUser=yes
ExecStart=/usr/bin/python3 -m http.server 8080 --directory /srv/web
Restart=always
[Install]
WantedBy=multi-user.target
UNIT
systemctl enable --now web.service
