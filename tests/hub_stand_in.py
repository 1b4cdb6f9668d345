"""A local stand-in for the Hugging Face Hub that speaks the protocol of its client: repositories of data, nothing more.

Known to it: who may write, repositories, commits with a parent, tags, large files stored once, reading with ranges.
It never retries, never guesses, and counts what it is sent.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

WRITER, READER = "hf_writerwriterwriter", "hf_readerreaderreader"
Files = dict[str, bytes]


@dataclass
class Repository:
    """Commits by oid, newest last; `tags` and `head` name some. Large files are those with the suffix .parquet."""

    private: bool = False
    commits: dict[str, Files] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)

    def add(self, files: Files) -> str:
        oid = hashlib.sha1(f"{len(self.commits)} {sorted(files)}".encode()).hexdigest()
        self.commits[oid] = files
        return oid

    @property
    def head(self) -> str:
        return next(reversed(self.commits))

    def resolve(self, revision: str) -> str:
        """The commit of a branch, tag or commit; KeyError where there is none."""
        oid = self.head if revision in ("main", "refs/heads/main") else self.tags.get(revision, revision)
        return oid if oid in self.commits else self.commits[oid]  # type: ignore[return-value]  # raises


class Hub:
    """The state of the stand-in. From request `fail_from` (counted from 1) on it hangs up; `after` it has done it."""

    def __init__(self) -> None:
        self.repositories: dict[str, Repository] = {}
        self.large: dict[str, bytes] = {}
        self.requests: list[str] = []
        self.uploads: list[str] = []
        self.authorizations: set[str] = set()
        self.fail_from: int | None = None
        self.after = False
        self.before: Callable[[str], None] = lambda request: None
        self.refuse: dict[str, tuple[int, dict[str, str]]] = {}
        self.url = ""


def blob(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


def is_large(path: str) -> bool:
    return path.endswith(".parquet")


def entry(path: str, data: bytes) -> dict[str, Any]:
    found: dict[str, Any] = {"type": "file", "path": path, "size": len(data), "oid": blob(data)}
    if is_large(path):
        sha = hashlib.sha256(data).hexdigest()
        found["oid"] = blob(f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha}\n".encode())
        found["lfs"] = {"oid": sha, "size": len(data), "pointerSize": 130}
    return found


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: Hub

    def log_message(self, *_: Any) -> None:
        return

    def reply(self, value: Any = None, status: int = 200, body: bytes = b"", **headers: str) -> None:
        data = body if value is None else json.dumps(value).encode()
        self.send_response(status)
        for name, text in headers.items():
            self.send_header(name.replace("_", "-"), text)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else data)

    def refuse(self, status: int, code: str, message: str = "") -> None:
        self.reply({"error": message or code}, status, X_Error_Code=code, X_Error_Message=message or code)

    def handle_one(self) -> None:
        split = urlsplit(self.path)
        path = unquote(split.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Transfer-Encoding") == "chunked":
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        hub, request = self.hub, f"{self.command} {path}"
        hub.requests.append(request)
        hub.before(request)
        fails = hub.fail_from is not None and len(hub.requests) >= hub.fail_from
        if fails and not (hub.after and len(hub.requests) == hub.fail_from):
            return self.hang_up()
        if fails:
            self.wfile = type("Nowhere", (), {"write": lambda _, data: None, "flush": lambda _: None})()
        for part, (status, headers) in hub.refuse.items():
            if part in request:
                return self.reply({"error": headers.get("X-Error-Message", "no")}, status, **headers)
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        if token and token not in (WRITER, READER):
            return self.refuse(401, "", "Invalid credentials in Authorization header")
        if not path.startswith("/large/"):
            if self.command in ("POST", "PUT") and "/paths-info/" not in path and token != WRITER:
                return self.refuse(403, "", "You don't have the rights")
            if (found := re.search(r"/(?:api/)?datasets/([^/]+/[^/.]+)", path)) and token == "":
                repository = hub.repositories.get(found[1])
                if repository is None or repository.private:
                    return self.refuse(401, "RepoNotFound", "Repository not found")
        self.route(path, {key: value[0] for key, value in parse_qs(split.query).items()}, body)
        return None if not fails else self.hang_up()

    do_GET = do_POST = do_PUT = do_HEAD = handle_one  # noqa: N815 - the names that http.server asks for

    def hang_up(self) -> None:
        self.close_connection = True

    def route(self, path: str, query: dict[str, str], body: bytes) -> None:
        hub = self.hub
        if path == "/api/repos/create":
            asked = json.loads(body)
            name = f"{asked['organization']}/{asked['name']}"
            if name in hub.repositories:
                return self.refuse(409, "", "You already created this dataset repo")
            hub.repositories[name] = Repository(asked.get("visibility") == "private" or asked.get("private") is True)
            hub.repositories[name].add({".gitattributes": b"*.parquet filter=lfs\n"})
            return self.reply({"url": f"{hub.url}/datasets/{name}", "name": name, "id": "1"})
        if path == "/api/validate-yaml":
            return self.reply({"warnings": [], "errors": []})
        if path.startswith("/large/"):
            oid = path.removeprefix("/large/")
            assert hashlib.sha256(body).hexdigest() == oid
            hub.large[oid] = body
            hub.uploads.append(oid)
            return self.reply(body=b"")
        match = re.fullmatch(r"/(api/)?datasets/([^/]+/[^/]+?)(\.git)?(?:/(.*))?", path)
        if match is None or match[2] not in hub.repositories:
            return self.refuse(404, "RepoNotFound", "Repository not found")
        action, _, rest = (match[4] or "").partition("/")
        repository = hub.repositories[match[2]]
        if match[3]:
            return self.batch(json.loads(body))
        try:
            revision, rest = self.revision(repository, action, rest)
            answer = getattr(self, f"on_{action.replace('-', '_') or 'revision'}")
            return answer(repository, revision, rest, query, body)
        except KeyError:
            return self.refuse(404, "RevisionNotFound")

    def revision(self, repository: Repository, action: str, rest: str) -> tuple[str, str]:
        if action in ("", "refs"):
            return repository.head, rest
        name, _, rest = rest.partition("/")
        if action not in ("commit", "tag"):
            name = repository.resolve(name)
        return name, rest

    def batch(self, asked: dict[str, Any]) -> None:
        objects = []
        for one in asked["objects"]:
            link = {"href": f"{self.hub.url}/large/{one['oid']}?signature=s3cret", "header": {}}
            objects.append(one if one["oid"] in self.hub.large else {**one, "actions": {"upload": link}})
        self.reply({"transfer": "basic", "objects": objects})

    def on_revision(self, repository: Repository, oid: str, *_: Any) -> None:
        files = [{"rfilename": path} for path in sorted(repository.commits[oid])]
        self.reply(
            {"id": "x", "sha": oid, "private": repository.private, "siblings": files, "tags": [], "downloads": 0}
        )

    def on_refs(self, repository: Repository, *_: Any) -> None:
        tags = [{"name": n, "ref": f"refs/tags/{n}", "targetCommit": oid} for n, oid in repository.tags.items()]
        main = {"name": "main", "ref": "refs/heads/main", "targetCommit": repository.head}
        self.reply({"branches": [main], "converts": [], "tags": tags})

    def on_tree(self, repository: Repository, oid: str, below: str, query: dict[str, str], *_: Any) -> None:
        files = {p: data for p, data in repository.commits[oid].items() if p.startswith(f"{below}/" if below else "")}
        deep = query.get("recursive", "").lower() in ("1", "true")
        start = len(below) + 1 if below else 0
        found = [entry(p, data) for p, data in sorted(files.items()) if deep or "/" not in p[start:]]
        folders = {p[: p.index("/", start)] for p in files if "/" in p[start:]}
        if below and not files:
            return self.refuse(404, "EntryNotFound")
        return self.reply([*({"type": "directory", "path": p, "oid": "0", "size": 0} for p in sorted(folders)), *found])

    def on_paths_info(self, repository: Repository, oid: str, _: str, __: Any, body: bytes) -> None:
        is_json = body[:1] in b"{"
        names = json.loads(body)["paths"] if is_json else parse_qs(body.decode()).get("paths", [])
        files = repository.commits[oid]
        folders = [n for n in names if n not in files and any(p.startswith(f"{n}/") for p in files)]
        self.reply(
            [
                *(entry(name, files[name]) for name in names if name in files),
                *({"type": "directory", "path": name, "oid": "0", "size": 0} for name in folders),
            ]
        )

    def on_preupload(self, repository: Repository, oid: str, _: str, __: Any, body: bytes) -> None:
        there = repository.commits[oid]
        ignored = b"*" in there.get(".gitignore", b"")
        files = []
        for one in json.loads(body)["files"]:
            path, mode = one["path"], "lfs" if is_large(one["path"]) else "regular"
            old = entry(path, there[path]) if path in there else None
            name = None if old is None else old["lfs"]["oid"] if mode == "lfs" else old["oid"]
            files.append({"path": path, "uploadMode": mode, "shouldIgnore": ignored, "oid": name})
        self.reply({"files": files})

    def on_commit(self, repository: Repository, branch: str, _: str, __: Any, body: bytes) -> None:
        header, *operations = map(json.loads, body.splitlines())
        if header["value"].get("parentCommit") not in (None, repository.head):
            return self.refuse(412, "", "A commit has happened since. Please refresh and try again.")
        files = dict(repository.commits[repository.head])
        for one in operations:
            path = one["value"]["path"]
            if one["key"] == "file":
                files[path] = base64.b64decode(one["value"]["content"])
            elif one["key"] == "lfsFile":
                files[path] = self.hub.large[one["value"]["oid"]]
            else:
                assert one["key"] == "deletedFile"
                del files[path]
        oid = repository.add(files)
        name = next(name for name, one in self.hub.repositories.items() if one is repository)
        url = f"{self.hub.url}/datasets/{name}/commit/{oid}"
        return self.reply({"commitUrl": url, "commitOid": oid, "success": True})

    def on_tag(self, repository: Repository, revision: str, _: str, __: Any, body: bytes) -> None:
        name = json.loads(body)["tag"]
        if name in repository.tags:
            return self.refuse(409, "", "Tag already exists")
        repository.tags[name] = repository.resolve(revision)
        return self.reply({})

    def on_resolve(self, repository: Repository, oid: str, path: str, *_: Any) -> None:
        if path not in repository.commits[oid]:
            return self.refuse(404, "EntryNotFound")
        data = repository.commits[oid][path]
        found = entry(path, data)
        etag = f'"{found["lfs"]["oid"] if "lfs" in found else found["oid"]}"'
        headers = {"X-Repo-Commit": oid, "ETag": etag, "Accept-Ranges": "bytes"}
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range") or "")
        if wanted is None:
            return self.reply(status=200, body=data, **headers)
        first, last = int(wanted[1]), min(int(wanted[2] or len(data) - 1), len(data) - 1)
        headers["Content-Range"] = f"bytes {first}-{last}/{len(data)}"
        return self.reply(status=206, body=data[first : last + 1], **headers)


@contextmanager
def stand_in() -> Iterator[Hub]:
    """A stand-in that runs in a thread."""
    hub = Hub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"hub": hub}))
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)  # seconds until it sees its end
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
