"""What is protected before anybody configures anything: globs and names, each list for one rule.

Globs are relative to the repository, begin with `~/`, or are absolute. Names hold anywhere (secrets) or anywhere in the tree.
"""

from __future__ import annotations

POLICY_GLOBS = (
    "twelve.toml",
    ".twelve/**",
    ".git/**",
    ".husky/**",
    ".githooks/**",
    ".git-hooks/**",
    ".hooks/**",
    ".lefthook/**",
    ".lefthook-local/**",
    ".claude/settings.json",
    ".claude/settings.local.json",
    ".claude/hooks/**",
    ".codex/**",
    ".gemini/settings.json",
    ".gemini/hooks/**",
    ".gemini/extensions/**",
    ".cursor/hooks.json",
    ".mcp.json",
    "~/.claude/settings.json",
    "~/.claude/settings.local.json",
    "~/.claude/hooks/**",
    "~/.claude/plugins/**",
    "~/.claude.json",
    "~/.codex/**",
    "~/.gemini/**",
    "~/.gitconfig",
    "~/.config/git/**",
    "~/.config/husky/**",
    "~/.huskyrc",
    "~/.local/state/twelve/**",
    "/etc/claude-code/**",
    "/etc/codex/**",
    "/etc/gemini-cli/**",
    "/etc/gitconfig",
    "/Library/Application Support/ClaudeCode/**",
    "/Library/Application Support/GeminiCli/**",
)
POLICY_NAMES = (
    "lefthook.yml", "lefthook.yaml", "lefthook.toml", "lefthook.json", ".lefthook.yml", ".lefthook.yaml", "lefthook-local.yml",
    "lefthook-local.yaml", ".pre-commit-config.yaml", ".pre-commit-config.yml", ".overcommit.yml", ".simple-git-hooks.json",
    ".simple-git-hooks.js", ".simple-git-hooks.cjs", "simple-git-hooks.json", "simple-git-hooks.js", ".huskyrc", ".huskyrc.json",
    "husky.config.js",
)  # fmt: skip
POLICY_FOLDERS = ("/.husky/", "/.git/hooks/")
"""Folders protected at any depth of the tree: hooks of packages inside a larger repository."""
ARTEFACTS = tuple(f".twelve/runs/*/{name}.md" for name in ("prime", "research", "plan", "implement", "learn", "tiny"))
"""What the loop asks agents to write."""
CLIENTS_OWN = ("~/.claude/plans/**", "~/.claude/projects/*/memory/**", "~/.gemini/tmp/**")
"""Where clients have their agents keep plans and notes with the ordinary file tools."""

CI_GLOBS = (
    ".github/workflows/**",
    ".github/actions/**",
    ".gitlab-ci.yml",
    ".gitlab-ci.yaml",
    ".gitlab-ci/**",
    ".gitlab/ci/**",
    ".circleci/**",
    ".buildkite/**",
    ".teamcity/**",
    ".tekton/**",
    ".woodpecker/**",
    ".forgejo/workflows/**",
    ".gitea/workflows/**",
    ".azure-pipelines/**",
    ".azuredevops/**",
    "azure-pipelines.yml",
    "azure-pipelines.yaml",
    "bitbucket-pipelines.yml",
    ".travis.yml",
    ".drone.yml",
    ".woodpecker.yml",
    ".woodpecker.yaml",
    ".cirrus.yml",
    ".appveyor.yml",
    "appveyor.yml",
    "buildspec.yml",
    "cloudbuild.yaml",
    "cloudbuild.yml",
    "codemagic.yaml",
    "wercker.yml",
    ".semaphore/**",
    ".ci/**",
)
CI_NAMES = ("Jenkinsfile", "CODEOWNERS")
CI_NAME_GLOBS = ("Jenkinsfile.*", "*.gitlab-ci.yml", "*.jenkinsfile")

LOCK_NAMES = (
    "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb", "deno.lock", "poetry.lock",
    "uv.lock", "Pipfile.lock", "pdm.lock", "pixi.lock", "conda-lock.yml", "pylock.toml", "Cargo.lock", "go.sum", "go.work.sum",
    "Gemfile.lock", "gems.locked", "composer.lock", "mix.lock", "rebar.lock", "pubspec.lock", "flake.lock", "Podfile.lock",
    "Package.resolved", "Cartfile.resolved", "gradle.lockfile", "buildscript-gradle.lockfile", "packages.lock.json", "paket.lock",
    ".terraform.lock.hcl", "Chart.lock", "conan.lock", "stack.yaml.lock", "cabal.project.freeze", "MODULE.bazel.lock", "renv.lock",
    "shard.lock", "devbox.lock", "mise.lock", "vcpkg-lock.json",
)  # fmt: skip
LOCK_SPARED = ("**/node_modules/**", "**/vendor/**", ".venv/**", "**/fixtures/**", "**/__fixtures__/**", "**/testdata/**")
"""Installed packages and test data carry lock files of their own, which decide nothing here."""

SECRET_NAMES = (
    ".env", ".envrc", "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "id_ecdsa_sk", "id_ed25519_sk", ".netrc", "_netrc", ".pgpass",
    ".my.cnf", ".git-credentials", ".pypirc", ".vault-token", ".htpasswd", "master.key", "credentials.json", "service-account.json",
    "service_account.json", "serviceaccount.json", "client_secret.json", "secrets.yml", "secrets.yaml", "secrets.json", "secrets.toml",
    "secrets.env", "secret.yml", "secret.yaml", "secret.json", ".secrets", ".dockerconfigjson", ".dockercfg", "terraform.tfstate",
    "terraform.tfstate.backup", "kubeconfig", "wallet.dat", ".s3cfg", ".boto", "rclone.conf", "oauth_creds.json", ".credentials.json",
)  # fmt: skip
SECRET_NAME_GLOBS = (
    ".env.*", "*.env", "*.pem", "*.key", "*.p12", "*.pfx", "*.jks", "*.keystore", "*.kdbx", "*.ppk", "*.asc.key", "*.tfstate", "*_rsa",
    "*_ed25519", "service-account*.json", "service_account*.json", "*-service-account.json", "*credentials*.json",
    "client_secret*.json", "*.kubeconfig", "secrets.*.yaml", "secrets.*.yml", "*.secret", "*.secrets",
)  # fmt: skip
SECRET_GLOBS = (
    "~/.ssh/**",
    "~/.gnupg/**",
    "~/.aws/credentials",
    "~/.aws/config",
    "~/.aws/sso/**",
    "~/.aws/cli/cache/**",
    "~/.azure/**",
    "~/.config/gcloud/**",
    "~/.kube/**",
    "~/.docker/config.json",
    "~/.config/gh/hosts.yml",
    "~/.config/glab-cli/config.yml",
    "~/.config/hub",
    "~/.config/op/**",
    "~/.config/doctl/config.yaml",
    "~/.config/heroku/**",
    "~/.config/rclone/**",
    "~/.config/sops/**",
    "~/.config/git/credentials",
    "~/.terraform.d/credentials.tfrc.json",
    "~/.terraformrc",
    "~/.cargo/credentials",
    "~/.cargo/credentials.toml",
    "~/.gem/credentials",
    "~/.npmrc",
    "~/.yarnrc.yml",
    "~/.m2/settings.xml",
    "~/.m2/settings-security.xml",
    "~/.gradle/gradle.properties",
    "~/.composer/auth.json",
    "~/.nuget/NuGet/NuGet.Config",
    "~/.password-store/**",
    "~/.local/share/keyrings/**",
    "~/.mozilla/**",
    "~/.config/google-chrome/**",
    "~/.config/chromium/**",
    "~/Library/Keychains/**",
    "~/Library/Application Support/Google/Chrome/**",
    "~/.claude/.credentials.json",
    "~/.codex/auth.json",
    "~/.bash_history",
    "~/.zsh_history",
    "/etc/shadow",
    "/etc/gshadow",
    "/etc/sudoers",
    "/etc/sudoers.d/**",
    "/etc/ssh/ssh_host_*_key",
    "/etc/ssl/private/**",
    "/etc/kubernetes/**",
    "/root/.ssh/**",
    "/proc/*/environ",
    "/run/secrets/**",
    "/var/run/secrets/**",
)
SECRET_FOLDERS = ("/.secrets/",)
SECRET_SPARED = (
    "*.example", "*.sample", "*.template", "*.tmpl", "*.dist", "*.pub", "*.example.*", "*.sample.*", "*.template.*", "example.*",
    "sample.*", "*-example", "*-sample", "*_example", "*_sample", "*.defaults", "*.schema", "*.md", "known_hosts", "known_hosts.old",
    "authorized_keys", "cacert.pem", "ca.pem", "*-ca.pem", "ca-*.pem", "ca-bundle.pem", "ca-certificates.pem", "cert.pem", "*.cert.pem",
    "*-cert.pem", "fullchain.pem", "chain.pem", "public*.pem", "*public.pem", "*_pub.pem", "*.pub.pem", "public.key", "*.public.key",
    "*-public.key", "*.pub.key", "*.example.env", "example.env", "sample.env", "template.env", "env.example", "*.py", "*.ts", "*.js",
    "*.go", "*.rs", "*.java",
)  # fmt: skip
"""Names that only show what a secret would look like, public halves of key pairs, certificates, and source code."""

NAMES = (
    "twelve.toml", ".twelve/", ".git/hooks", ".git/config", ".husky", "lefthook.y", ".pre-commit-config", ".claude/settings", ".codex/",
    ".gemini/settings", ".github/workflows", ".gitlab-ci", "jenkinsfile",
)  # fmt: skip
"""What in the text of an unresolved call says that it is about something protected; lower case."""
