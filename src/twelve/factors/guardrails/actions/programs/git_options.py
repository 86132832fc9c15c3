"""The options of git's subcommands, in the notation of options.Spec; the dangerous names first, because git accepts abbreviations."""

from __future__ import annotations

GLOBAL = (
    "C= c= git-dir= work-tree= exec-path=? namespace= config-env= super-prefix= attr-source= list-cmds= p|paginate P|no-pager bare "
    "no-replace-objects literal-pathspecs no-optional-locks glob-pathspecs noglob-pathspecs icase-pathspecs h|help v|version html-path"
)
_MESSAGE = "m|message= F|file= "
_HISTORY = "output= n|max-count= O= S= G= since= until= after= before= author= committer= grep= format= pretty=? p|patch stat=? U= L= "

SUBCOMMANDS = {
    "commit": "n|no-verify a|all p|patch C|reuse-message= c|reedit-message= fixup= squash= t|template= s|signoff e|edit amend no-edit "
    "S|gpg-sign=? u|untracked-files=? q|quiet v|verbose i|include o|only z|null allow-empty allow-empty-message author= date= cleanup= "
    "reset-author dry-run no-post-rewrite no-gpg-sign pathspec-from-file= trailer= short branch porcelain long status no-status "
    "interactive verify " + _MESSAGE,
    "push": "f|force force-with-lease=? force-if-includes mirror prune d|delete n|dry-run no-verify all branches tags follow-tags "
    "u|set-upstream q|quiet v|verbose o|push-option= receive-pack= exec= repo= atomic thin no-thin porcelain progress signed=? "
    "recurse-submodules= 4|ipv4 6|ipv6 verify no-force-with-lease=? no-signed",
    "merge": "no-verify n|no-stat no-ff ff ff-only squash no-squash s|strategy= X|strategy-option= abort continue quit no-commit commit "
    "e|edit no-edit S|gpg-sign=? q|quiet v|verbose stat log=? allow-unrelated-histories autostash into-name= signoff verify " + _MESSAGE,
    "pull": "f|force no-verify r|rebase=? no-rebase n|no-stat no-ff ff ff-only squash s|strategy= X|strategy-option= a|append t|tags "
    "p|prune u|update-head-ok depth= j|jobs= upload-pack= autostash q|quiet v|verbose S|gpg-sign=? no-tags no-commit",
    "fetch": "f|force p|prune P|prune-tags all a|append depth= t|tags n|no-tags u|update-head-ok upload-pack= k|keep j|jobs= m|multiple "
    "refmap= o|server-option= q|quiet v|verbose dry-run set-upstream unshallow recurse-submodules=? write-fetch-head",
    "cherry-pick": "n|no-commit e|edit x m|mainline= s|signoff S|gpg-sign=? ff strategy= X= abort continue quit skip allow-empty",
    "revert": "n|no-commit e|edit no-edit m|mainline= s|signoff S|gpg-sign=? abort continue quit skip",
    "am": "n|no-verify 3|3way q|quiet s|signoff u|utf8 k|keep i|interactive p= C= exclude= include= directory= S|gpg-sign=? abort "
    "continue skip quit resolved r|resolved",
    "rebase": "no-verify x|exec= onto= i|interactive f|force-rebase n|no-stat s|strategy= X|strategy-option= abort continue skip quit "
    "edit-todo root autosquash no-autosquash keep-base m|merge r|rebase-merges=? C= autostash update-refs S|gpg-sign=? q|quiet v|verbose "
    "apply empty= fork-point verify show-current-patch ignore-date reset-author-date committer-date-is-author-date",
    "reset": "hard soft mixed merge keep p|patch q|quiet N|intent-to-add pathspec-from-file= recurse-submodules=?",
    "clean": "f|force d x X n|dry-run i|interactive e|exclude= q|quiet",
    "branch": "D d|delete f|force M m|move C c|copy a|all r|remotes v|verbose l|list u|set-upstream-to= t|track=? unset-upstream "
    "contains=? no-contains=? merged=? no-merged=? points-at= sort= format= edit-description show-current column=? color=? abbrev=? "
    "i|ignore-case q|quiet",
    "checkout": "f|force b= B= t|track=? l d|detach orphan= 2|ours 3|theirs ours theirs m|merge conflict= p|patch q|quiet overlay "
    "no-overlay ignore-other-worktrees pathspec-from-file= guess no-guess progress",
    "switch": "f|force discard-changes c|create= C|force-create= d|detach m|merge orphan= t|track=? guess q|quiet",
    "restore": "s|source= S|staged W|worktree p|patch q|quiet ours theirs m|merge ignore-unmerged overlay no-overlay pathspec-from-file=",
    "stash": "u|include-untracked a|all p|patch k|keep-index S|staged q|quiet m|message= index pathspec-from-file=",
    "reflog": "expire= expire-unreachable= all updateref rewrite n|dry-run stale-fix verbose",
    "gc": "prune=? aggressive auto q|quiet force no-prune keep-largest-pack cruft",
    "prune": "n|dry-run v|verbose expire=",
    "update-ref": "d m= no-deref create-reflog stdin z",
    "symbolic-ref": "d|delete q|quiet short m=",
    "replace": "f|force d|delete e|edit graft convert-graft-file l|list format= raw",
    "tag": "f|force d|delete a|annotate s|sign u|local-user= l|list n=? v|verify contains= merged= sort= format= points-at= cleanup= "
    "no-sign e|edit " + _MESSAGE,
    "filter-branch": "f|force setup= subdirectory-filter= env-filter= tree-filter= index-filter= parent-filter= msg-filter= commit-filter= "
    "tag-name-filter= prune-empty original= d= state-branch= remap-to-ancestor",
    "filter-repo": "force f|force path= invert-paths replace-text= message-callback= commit-callback= blob-callback= refs= analyze dry-run "
    "path-glob= path-regex= path-rename= mailmap= email-callback= name-callback= filename-callback= tag-callback= reset-callback=",
    "config": "global system local worktree f|file= add unset unset-all replace-all get get-all get-regexp l|list e|edit remove-section "
    "rename-section type= bool int show-origin show-scope z|null default= blob= get-urlmatch name-only includes value= fixed-value all "
    "regexp comment= append url= t=",
    "notes": "f|force ref= m|message= F|file= C|reuse-message= c|reedit-message= n|dry-run v|verbose s|strategy= commit abort stdin "
    "ignore-missing allow-empty q|quiet separator=?",
    "worktree": "f|force b= B= d|detach lock reason= orphan n|dry-run v|verbose expire= porcelain z track no-checkout guess-remote q|quiet",
    "submodule": "f|force init remote recursive b|branch= reference= depth= name= q|quiet all N|no-fetch checkout merge rebase "
    "j|jobs= cached",
    "apply": "check index cached 3|3way R|reverse p= directory= include= exclude= whitespace= stat numstat summary reject unidiff-zero "
    "build-fake-ancestor= recount allow-empty unsafe-paths N|intent-to-add v|verbose q|quiet C= ignore-whitespace inaccurate-eof z apply",
    "add": "f|force A|all n|dry-run u|update p|patch i|interactive N|intent-to-add e|edit v|verbose chmod= pathspec-from-file= renormalize",
    "rm": "f|force r n|dry-run cached q|quiet ignore-unmatch pathspec-from-file= sparse",
    "mv": "f|force k n|dry-run v|verbose sparse",
    "clone": "b|branch= o|origin= c|config= depth= recurse-submodules=? separate-git-dir= template= u|upload-pack= reference= "
    "reference-if-able= j|jobs= filter= shallow-since= shallow-exclude= server-option= l|local n|no-checkout s|shared bare mirror "
    "q|quiet v|verbose single-branch no-tags dissociate sparse bundle-uri=",
    "init": "bare template= separate-git-dir= b|initial-branch= q|quiet shared=? object-format= ref-format=",
    "archive": "o|output= format= prefix= remote= exec= l|list v|verbose add-file= worktree-attributes",
    "format-patch": "o|output-directory= stdout n|numbered N|no-numbered k|keep-subject s|signoff v= base= subject-prefix= to= cc= "
    "from=? in-reply-to= cover-letter suffix= start-number= output=",
    "bisect": "term-old= term-new= no-checkout first-parent",
    "remote": "f t= m= tags no-tags mirror=? v|verbose add delete push all n|dry-run",
    "show": _HISTORY, "log": _HISTORY, "diff": _HISTORY + "cached staged no-index name-only name-status ext-diff", "blame": _HISTORY,
    "grep": "e= f= O=? n|line-number l|files-with-matches i|ignore-case r|recursive cached untracked no-index c|count E F P w v h H o q "
    "A= B= C= m= max-depth=",
    "send-pack": "f|force mirror n|dry-run all receive-pack= exec= atomic",
    "fast-import": "force export-marks= import-marks=", "hash-object": "w t= stdin stdin-paths path= no-filters literally",
    "read-tree": "m i u reset prefix= v n|dry-run empty", "checkout-index": "a|all f|force u|index n q prefix= stage= temp stdin z",
    "update-index": "add remove refresh cacheinfo chmod= assume-unchanged no-assume-unchanged skip-worktree no-skip-worktree force-remove "
    "index-info stdin z again really-refresh",
    "difftool": "x|extcmd= y|no-prompt t|tool= d|dir-diff g|gui", "mergetool": "t|tool= y|no-prompt g|gui",
    "ls-remote": "h|heads t|tags refs upload-pack= exec= exit-code get-url sort= symref o|server-option= q|quiet",
    "cat-file": "p t s e batch=? batch-check=? textconv filters path=",
    "rev-parse": "show-toplevel git-dir git-common-dir absolute-git-dir abbrev-ref=? verify short=? q|quiet show-prefix show-cdup "
    "is-inside-work-tree git-path= path-format=",
    "bundle": "all", "sparse-checkout": "cone no-cone stdin", "maintenance": "task= auto", "repack": "a A d f F l q window= depth=",
    "stage": "f|force A|all n|dry-run u|update p|patch", "pack-refs": "all prune", "hook": "ignore-missing to-stdin=",
}  # fmt: skip

BOTH = {
    ("branch", "-D"): ("--delete", "--force"), ("branch", "-M"): ("--move", "--force"), ("branch", "-C"): ("--copy", "--force"),
    ("checkout", "-B"): ("--force-create",), ("switch", "--discard-changes"): ("--force",),
}  # fmt: skip
"""Letters that stand for more than one long option."""

_OTHER_NAMES = (
    "annotate check-ignore check-attr check-mailmap column commit-graph commit-tree count-objects credential describe "
    "diff-files diff-index diff-tree fast-export fmt-merge-msg for-each-ref fsck get-tar-commit-id help index-pack instaweb "
    "interpret-trailers ls-files ls-tree mailinfo mailsplit merge-base merge-file merge-index merge-tree mktag mktree "
    "multi-pack-index name-rev pack-objects patch-id prune-packed range-diff receive-pack request-pull rerere rev-list "
    "send-email shell shortlog show-branch show-index show-ref status stripspace unpack-file unpack-objects upload-archive "
    "upload-pack var verify-commit verify-pack verify-tag version whatchanged write-tree lfs flow svn p4 cherry gui citool "
    "daemon imap-send quiltimport backfill refs replay diagnose bugreport fetch-pack http-fetch http-push credential-store "
    "credential-cache subtree"
)
OTHERS = frozenset(_OTHER_NAMES.split())
"""Subcommands without options a rule could care about; no alias can take their names."""
