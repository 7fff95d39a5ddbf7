file=/var/lib/grafana/admin-password
if [ -s "$file" ]; then
  exit 0
fi
umask 077
# In one step: a pod that is killed here leaves no half of a password.
head -c 24 /dev/urandom | base64 | tr -d '\n' > "$file.new"
mv "$file.new" "$file"
