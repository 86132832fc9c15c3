#!/usr/bin/env bash
# Makes the scratch project's history; run once inside the scratch world by scratch.py.
set -e
cd /srv/project
git config --global user.name Dev
git config --global user.email dev@example.test
git config --global init.defaultBranch main
git config --global advice.detachedHead false
git init -q --bare /srv/origin.git
git init -q -b main .
rm -f .git/hooks/*.sample
git remote add origin /srv/origin.git
commit() { git add -A && git commit -q -m "$1"; }
commit base
echo b > docs/b.txt; commit second
git branch merged
echo c > docs/c.txt; commit published
git push -q -u origin main
git branch topic && git push -q origin topic
git reset -q --hard HEAD~1
git checkout -q -b feature
echo 'feature = 1' > src/feature.py; commit feature-work
git checkout -q main
git branch -q -u origin/main
echo c2 > docs/c2.txt; commit local-work
printf '\n[gates.lint]\nkind = "ruff"\n' >> twelve.toml
printf '# pinned\n' >> .github/workflows/ci.yml
printf '# pinned\n' >> .gitlab-ci.yml
printf '# resolved again\n' >> poetry.lock
commit tightened
git tag v1.0.0 HEAD~1
for ref in gates approvals; do
  git notes --ref="twelve/$ref" add -m '{"outcome":"fail"}' HEAD~1
  git notes --ref="twelve/$ref" add -m '{"outcome":"fail"}' HEAD
done
echo stashed >> README.md && git stash push -q
echo dangling | git hash-object -w --stdin > /opt/dangling
cat > .git/hooks/pre-commit <<'EOF'
#!/bin/sh
[ "${HUSKY-}" = 0 ] && exit 0
[ "${LEFTHOOK-}" = 0 ] && exit 0
[ "${LEFTHOOK-}" = false ] && exit 0
[ -n "${SKIP-}" ] && exit 0
[ -n "${LEFTHOOK_EXCLUDE-}" ] && exit 0
[ -n "${HUSKY_SKIP_HOOKS-}" ] && exit 0
[ -n "${PRE_COMMIT_ALLOW_NO_CONFIG-}" ] && exit 0
echo "${0##*/}" >> /opt/seen/hooks
EOF
chmod 755 .git/hooks/pre-commit
for name in pre-push pre-merge-commit commit-msg; do cp .git/hooks/pre-commit ".git/hooks/$name"; done
mkdir -p .git/twelve/state build/lib node_modules/.cache dist .venv/bin
echo 'print("hook")' > .git/twelve/state/hook.py
echo 0 > .git/twelve/state/worker.pid
echo '{}' > .git/twelve/state/phase
touch build/out.js build/lib/a.js node_modules/.cache/x dist/a.whl .venv/bin/python
sqlite3 app.db 'create table users(id); create table orders(id);'
git status --short
dirty() {
  echo '# UNCOMMITTED' >> src/app.py
  echo 'staged' > docs/staged.md
  git add docs/staged.md
  echo scratch > untracked.txt
}
