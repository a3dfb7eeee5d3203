"""An nginx of its own, which sends the files of a folder."""

import os
import pwd

from harness import machine
from harness.http import answers
from harness.programs import Server

NGINX = """
daemon off;
{user}
pid {folder}/pid;
error_log {folder}/errors;
worker_processes {cores};
events {{ worker_connections 1024; }}
http {{
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000000;
  open_file_cache max=10000;
  default_type image/jpeg;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{ listen 127.0.0.1:{port}; root {folder}/files; }}
}}
"""


def start_nginx(folder, address):
    """Sends what lies in `folder`/files, from as many processes as there are cores."""
    user = f"user {pwd.getpwuid(os.geteuid()).pw_name};" if os.geteuid() == 0 else ""
    (folder / "configuration").write_text(NGINX.format(
        folder=folder, user=user, cores=machine.cores(), port=address.rpartition(":")[2]))
    server = Server(["/usr/sbin/nginx", "-e", folder / "errors", "-p", folder, "-c", folder / "configuration"])
    server.wait_until(lambda: answers(address))
    return server
