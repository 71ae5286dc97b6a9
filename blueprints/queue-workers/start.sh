#!/bin/bash
# Installs the worker as a service: it takes a message, makes what it asks for, and deletes it.
dnf install -y jq
cat > /usr/local/bin/worker <<'WORKER'
#!/bin/bash
while true; do
  message=$(aws sqs receive-message --queue-url "$JOBS" --wait-time-seconds 20)
  handle=$(jq -r '.Messages[0].ReceiptHandle // empty' <<< "$message")
  [ -n "$handle" ] || continue
  key=$(jq -r '.Messages[0].Body | fromjson | .Records[0].s3.object.key // empty' <<< "$message")
  if [ -z "$key" ] || aws s3 cp "s3://$UPLOADS/$key" - | gzip | aws s3 cp - "s3://$MADE/$key.gz"; then
    aws sqs delete-message --queue-url "$JOBS" --receipt-handle "$handle"
  fi
done
WORKER
chmod +x /usr/local/bin/worker
cat > /etc/systemd/system/worker.service <<'UNIT'
[Service]
EnvironmentFile=/etc/archkit.env
ExecStart=/usr/local/bin/worker
DynamicUser=yes
Restart=always
[Install]
WantedBy=multi-user.target
UNIT
systemctl enable --now worker
