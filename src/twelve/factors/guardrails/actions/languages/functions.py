"""Functions of languages that are not parsed, by what they do to the text they are given."""

from __future__ import annotations

DELETING = {
    "perl": ("unlink", "rmtree", "remove_tree", "rmdir"), "ruby": ("rm_rf", "rm_r", "rm_f", "rm", "remove_dir", "remove_entry", "delete",
    "unlink", "rmtree", "rmdir", "remove_entry_secure", "remove_file"),
    "node": ("rm", "rmSync", "unlink", "unlinkSync", "rmdir", "rmdirSync", "removeSync", "remove", "rimraf", "rimrafSync", "emptyDirSync",
    "removeFile", "Deno.removeSync", "sync", "del"),
    "php": ("unlink", "rmdir"), "lua": ("remove",), "r": ("unlink", "file.remove"), "tcl": ("delete",),
}  # fmt: skip
WRITING = {
    "perl": ("write_file", "spew", "append_file", "truncate", "chmod", "symlink", "link", "mkdir", "make_path", "copy", "move", "rename",
    "mkpath", "utime", "chown"),
    "ruby": ("write", "binwrite", "mv", "cp", "cp_r", "copy", "move", "touch", "ln_s", "ln_sf", "symlink", "rename", "chmod", "mkdir_p",
    "truncate", "install", "copy_file", "chown"),
    "node": ("writeFile", "writeFileSync", "appendFile", "appendFileSync", "createWriteStream", "rename", "renameSync", "copyFile",
    "copyFileSync", "symlink", "symlinkSync",
             "truncate", "truncateSync", "chmod", "chmodSync", "mkdir", "mkdirSync", "cpSync", "cp", "outputFile", "outputFileSync",
             "moveSync", "writeTextFile", "writeTextFileSync", "link", "linkSync", "copySync", "chownSync", "utimesSync"),
    "php": ("file_put_contents", "rename", "copy", "symlink", "link", "touch", "chmod", "mkdir", "move_uploaded_file", "chown"),
    "lua": ("rename",), "r": ("writeLines", "write", "write.csv", "file.copy", "file.rename", "file.create", "saveRDS", "cat", "sink"),
    "tcl": ("rename", "copy", "mkdir"),
}  # fmt: skip
RUNNING = {
    "perl": ("system", "exec", "qx", "open2", "open3", "popen", "capture", "run"), "ruby": ("system", "exec", "spawn", "popen", "popen3",
    "capture2", "capture2e", "capture3", "pipeline", "sh"),
    "node": ("exec", "execSync", "spawn", "spawnSync", "execFile", "execFileSync", "fork", "execa", "execaSync", "execaCommand", "$",
    "Command", "execaCommandSync"),
    "php": ("system", "exec", "shell_exec", "passthru", "popen", "proc_open", "pcntl_exec"), "lua": ("execute", "popen"), "r": ("system",
    "system2", "shell"), "tcl": ("exec", "spawn", "send"),
}  # fmt: skip
TALKING = ("log", "error", "warn", "info", "require", "write", "debug", "Error", "writeFileSync", "writeFile")
TWO_PATHS = (
    "rename", "renameSync", "copyFile", "copyFileSync", "copy", "move", "mv", "cp", "cp_r", "symlink", "symlinkSync", "link", "linkSync",
    "ln_s", "ln_sf", "cpSync", "moveSync", "copySync", "chmod", "chmodSync", "chown", "install", "copy_file", "file.copy", "file.rename",
    "utime", "truncate", "write.csv", "writeLines", "saveRDS", "mkdir_p", "rm_rf", "touch",
)  # fmt: skip
"""Functions whose later arguments are paths too."""
READING = (
    "readFile",
    "readFileSync",
    "createReadStream",
    "file_get_contents",
    "readlines",
    "read_file",
    "slurp",
    "read",
    "fopen",
    "foreach",
    "readTextFile",
    "readTextFileSync",
    "binread",
    "readfile",
    "file",
    "readLines",
    "require",
    "load",
)
OPENING = ("open", "openSync", "fopen", "new", "sysopen", "io.open", "openAsync")
EVALUATING = (
    "eval",
    "Function",
    "runInThisContext",
    "runInNewContext",
    "runInContext",
    "instance_eval",
    "class_eval",
    "create_function",
    "assert",
    "loadstring",
    "load",
    "require_relative",
    "evalSync",
    "source",
)
FETCHING = (
    "fetch",
    "LWP",
    "http.get",
    "https.get",
    "https.request",
    "http.request",
    "Net::HTTP",
    "open-uri",
    "URI.open",
    "axios",
    "curl_exec",
    "curl_init",
    "HTTP::Tiny",
    "got(",
    "download.file",
    "socket.http",
    "net.connect",
    "IO::Socket",
    "TCPSocket",
    "fsockopen",
    "WebSocket",
    "stream_socket_client",
)
DECODING = (
    "atob",
    "base64",
    "decode64",
    "unpack",
    "fromCharCode",
    "base64_decode",
    "gzinflate",
    "MIME::Base64",
    "str_rot13",
    "inflate",
    "hex2bin",
    "decode_base64",
    "gzuncompress",
)
TICKS = ("perl", "ruby", "php")
