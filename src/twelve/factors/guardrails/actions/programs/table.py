"""Which family a program belongs to. A name that is not here runs unseen: it is only said that it runs."""

from __future__ import annotations

_NAMES = {
    "shells": "sh bash dash zsh ksh mksh ash rbash fish",
    "builtins": "cd chdir pushd popd eval . source export declare typeset local readonly unset alias unalias set shopt trap "
    "read mapfile readarray echo printf pwd true false : [ [[ test dirname basename realpath readlink mktemp exit return "
    "shift wait jobs fg bg hash type which whereis whoami id date uname hostname seq sleep let history dirs getopts times "
    "ulimit umask complete compgen enable bind logname arch nproc tty yes expr break continue ((",
    "wrappers": "env exec command builtin sudo doas su runuser pkexec nohup timeout nice ionice stdbuf setsid time chroot "
    "unshare nsenter script watch busybox toybox flock taskset chrt setarch linux32 linux64 i386 catchsegv "
    "strace ltrace valgrind firejail proot fakeroot faketime systemd-run at batch dbus-run-session xvfb-run "
    "unbuffer torsocks proxychains proxychains4 coproc noglob nocorrect direnv dotenv sg capsh setpriv prlimit cgexec "
    "numactl ts chpst envdir softlimit setuidgid gosu su-exec tini dumb-init catatonit entr nodemon watchexec chronic "
    "sshpass rlwrap hyperfine perf caffeinate arch-chroot run0 asdf mise rtx pyenv rbenv nvm volta op aws-vault "
    "hub-exec ssh-agent gpg-agent with-env reredirect ld.so ld-linux-x86-64.so.2",
    "finding": "find fd fdfind locate xargs parallel",
    "files": "rm unlink rmdir shred srm trash trash-put rimraf del-cli shx cp mv ln install link tee dd touch truncate mkdir mkfifo "
    "mknod sponge split csplit fallocate rename ditto wipe mkfs mkswap wipefs tempfile gio",
    "reading": "cat tac nl head tail less more bat batcat grep egrep fgrep rg ag ack zgrep wc sort uniq cut tr paste join comm diff "
    "cmp diff3 sdiff vimdiff colordiff strings od hexdump hd rev fold fmt pr expand unexpand column tree ls dir vdir du "
    "df stat file md5sum sha1sum sha224sum sha256sum sha384sum sha512sum b2sum cksum sum jq yq xmllint xmlstarlet iconv "
    "look tsort shuf ptx numfmt pv envsubst most view zcat zless bzcat xzcat printenv ps pgrep top htop free uptime lsof "
    "pstree pidof lscpu lsblk env-print cal locale getent groups users who w last ss netstat tldr man info help apropos",
    "decoding": "age base32 base64 basenc gpg gpg2 openssl uudecode uuencode xxd",
    "archives": "tar bsdtar unzip zip cpio pax 7z 7za 7zr unrar rar ar gzip gunzip bzip2 bunzip2 xz unxz zstd unzstd lzma "
    "compress uncompress patch jar unsquashfs lz4 brotli",
    "modes": "chmod chown chgrp chattr setfacl setcap usermod useradd adduser groupadd gpasswd passwd visudo chsh mount umount "
    "losetup insmod modprobe sysctl chcon semanage setenforce icacls attrib xattr userdel deluser chpasswd "
    "crontab newgrp iptables ip6tables nft ufw update-alternatives dscl csrutil spctl launchctl ldconfig",
    "network": "curl wget wget2 aria2c http https xh httpie nc ncat netcat socat telnet ssh scp sftp rsync ftp lftp tftp rclone "
    "gh glab dig nslookup host ping mail mailx sendmail msmtp mutt openssl-s_client ngrok cloudflared websocat "
    "axel lynx w3m links elinks fetch curlie magic-wormhole wormhole croc transfer autossh mosh",
    "git": "git git-push git-commit git-receive-pack hub jj",
    "interpreters": "python pypy ipython perl ruby node nodejs deno bun tsx ts-node php lua luajit Rscript tclsh awk gawk "
    "mawk nawk osascript pwsh powershell irb rails-runner groovy scala elixir iex julia swift guile racket sbcl ghci "
    "bc dc m4 java jshell kotlin",
    "editing": "sed ed ex vi vim nvim view emacs nano pico joe micro perl-edit apply_patch applypatch code subl",
    "containers": "docker podman nerdctl docker-compose podman-compose buildah skopeo ctr crictl kind minikube k3d lxc vagrant",
    "cluster": "kubectl oc k helm helmfile kustomize argocd flux istioctl k9s kubectx kubens velero eksctl kubeadm kn tkn "
    "skaffold tilt linkerd cilium nomad consul vault",
    "cloud": "terraform tofu terragrunt pulumi cdk cdktf sls serverless sam aws gcloud gsutil bq az azd doctl heroku fly flyctl "
    "vercel netlify wrangler railway render ansible ansible-playbook ansible-galaxy packer linode-cli hcloud ibmcloud oci "
    "supabase firebase amplify copilot eb terraformer atlantis crossplane s3cmd mc s5cmd",
    "databases": "psql mysql mariadb mysqladmin mongosh mongo redis-cli valkey-cli sqlite3 sqlite dropdb createdb dropuser "
    "pg_restore pg_dump pg_dumpall mysqldump mongodump mongorestore mongoimport mongoexport sqlcmd osql sqlplus clickhouse "
    "clickhouse-client cqlsh influx cockroach duckdb usql pgcli mycli "
    "mariadb-admin mariadb-dump "
    "bq-query etcdctl pg_ctl initdb vacuumdb prisma drizzle-kit knex sequelize sequelize-cli typeorm alembic flyway liquibase dbmate "
    "migrate atlas rails rake django-admin diesel sqlx mikro-orm ecto artisan edgedb turso planetscale pscale neonctl hdbsql",
    "packages": "pip pipx uv uvx poetry pdm hatch pipenv conda mamba micromamba npm npx pnpm pnpx yarn bunx corepack cargo rustup go gem "
    "bundle bundler composer apt apt-get aptitude dpkg yum dnf rpm zypper pacman apk brew port snap flatpak nix nix-env "
    "nix-shell choco winget scoop easy_install cpan cpanm luarocks stack cabal opam mix hex sbt mvn gradle gradlew mvnw "
    "dotnet nuget swift-package vcpkg conan spack pre-commit husky lefthook overcommit lint-staged",
    "processes": "kill pkill killall killall5 skill snice xkill systemctl service shutdown reboot halt poweroff init telinit "
    "initctl rc-service supervisorctl fuser pm2 tmux screen disown renice loginctl fkill taskkill sv s6-svc "
    "gcore choom reptyr",
    "recipes": "task go-task cmake expect gdb bwrap",
    "agents": "claude claude-code codex gemini gemini-cli aider opencode cursor-agent amp goose cline crush qwen auggie droid kimi "
    "openhands plandex",
    "vaults": "pass gopass secret-tool security doppler bw lpass keyring",
    "builds": "make gmake just tox nox invoke fab rake-task mage bazel ninja meson act pytest pyflakes twelve twelve-hook",
}

FAMILIES: dict[str, str] = {name: family for family, names in _NAMES.items() for name in names.split()}


def family_of(name: str) -> str:
    """The family's module, "" for a stranger. Versions (`python3.11`), a GNU prefix (`gsed`) and `git-push` count."""
    if name in FAMILIES:
        return FAMILIES[name]
    if name.startswith("git-"):
        return "git"
    if name.startswith(("mkfs.", "fsck.")):
        return "files"
    stem = name.rstrip("0123456789.-") or name
    return FAMILIES.get(stem) or (FAMILIES.get(stem[1:], "") if stem[:1] == "g" else "")
