"""Downloads against a server of the tests' own: complete, interrupted, resumed, refused."""

import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from seqreason.data.download import fetch
from seqreason.errors import DataError

CONTENT = bytes(range(256)) * 4000
CUT = 600_000


@dataclass
class Shelf:
    """What the server gives, and what it was asked and sent."""

    content: bytes = CONTENT
    status: int = 200
    validators: dict = field(default_factory=lambda: {"ETag": '"first"'})
    knows_ranges: bool = True
    announces_length: bool = True
    cut_after: int | None = None
    url: str = ""
    asked: list = field(default_factory=list)
    sent: list = field(default_factory=list)

    def answer(self, headers):
        """Status, headers and body, as a server does that knows Range and If-Range."""
        wanted = headers.get("Range", "")
        condition = headers.get("If-Range")
        if self.status != 200:
            return self.status, {}, b""
        is_ranged = self.knows_ranges and wanted and condition in (None, *self.validators.values())
        if not is_ranged:
            return 200, self.validators, self.content
        start, size = int(wanted.removeprefix("bytes=").removesuffix("-")), len(self.content)
        if start >= size:
            return 416, {"Content-Range": f"bytes */{size}"}, b""
        place = {"Content-Range": f"bytes {start}-{size - 1}/{size}"}
        return 206, self.validators | place, self.content[start:]


@pytest.fixture
def loader():
    loader = Shelf()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            loader.asked.append(self.headers.get("Range"))
            status, headers, body = loader.answer(self.headers)
            self.send_response(status)
            if loader.announces_length:
                self.send_header("Content-Length", str(len(body)))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            sent = body[: loader.cut_after]
            loader.sent.append(len(sent))
            self.wfile.write(sent)

        def log_message(self, *arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    loader.url = f"http://127.0.0.1:{server.server_port}/some/letters.gz"
    yield loader
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def get(loader, tmp_path):
    def get(**options):
        return fetch(loader.url, folder=tmp_path / "cache", setting="source.path=FILE", **options)

    return get


@pytest.fixture
def broken_off(loader, get):
    """A download that ended after `CUT` bytes; the next is not cut."""
    loader.cut_after = CUT
    with pytest.raises(DataError):
        get()
    loader.cut_after = None
    return loader


def names(tmp_path):
    return {path.name for path in (tmp_path / "cache").iterdir()} - {"letters.gz.lock"}


def test_a_file_is_fetched_once_and_nothing_is_left_beside_it(loader, get, tmp_path):
    assert get() == get() == tmp_path / "cache" / "letters.gz"
    assert get().read_bytes() == CONTENT
    assert loader.asked == [None]
    assert names(tmp_path) == {"letters.gz"}


def test_progress_counts_up_to_the_announced_size(get):
    found = []
    get(progress=lambda done, total: found.append((done, total)))
    assert found[-1] == (len(CONTENT), len(CONTENT))
    assert found == sorted(set(found))
    assert len(found) >= 4


def test_an_early_end_is_an_error_and_keeps_the_first_part(loader, get, tmp_path):
    loader.cut_after = CUT
    message = (
        r"letters.gz cannot be downloaded \(the connection ended early\)\. Run the command "
        r"again to resume after 600,000 bytes, or put the file at "
        rf"{tmp_path}/cache/letters.gz yourself, or set source.path=FILE"
    )
    with pytest.raises(DataError, match=message):
        get()
    assert names(tmp_path) == {"letters.gz.part", "letters.gz.part.json"}


def test_only_the_rest_is_sent_the_second_time(broken_off, get, tmp_path):
    found = []
    path = get(progress=lambda done, total: found.append((done, total)))
    assert path.read_bytes() == CONTENT
    assert broken_off.asked == [None, f"bytes={CUT}-"]
    assert broken_off.sent == [CUT, len(CONTENT) - CUT]
    assert found[0][0] > CUT
    assert names(tmp_path) == {"letters.gz"}


@pytest.mark.parametrize(
    "validators",
    [{}, {"Last-Modified": "Mon, 01 Jan 2024 00:00:00 GMT"}, {"ETag": 'W/"weak"'}],
)
def test_a_file_is_gone_on_with_by_what_its_server_tells_of_it(loader, get, validators):
    loader.validators, loader.cut_after = validators, CUT
    with pytest.raises(DataError):
        get()
    loader.cut_after = None
    assert get().read_bytes() == CONTENT
    assert loader.sent == [CUT, len(CONTENT) - CUT]


def test_the_rest_can_break_off_too(broken_off, get):
    broken_off.cut_after = 100_000
    with pytest.raises(DataError, match="to resume after 700,000 bytes"):
        get()
    broken_off.cut_after = None
    assert get().read_bytes() == CONTENT
    assert broken_off.sent == [CUT, 100_000, len(CONTENT) - CUT - 100_000]


def test_a_server_without_ranges_sends_all_again(broken_off, get):
    broken_off.knows_ranges = False
    assert get().read_bytes() == CONTENT
    assert broken_off.sent == [CUT, len(CONTENT)]


def test_another_version_is_fetched_from_its_beginning(broken_off, get):
    broken_off.content, broken_off.validators = CONTENT[::-1], {"ETag": '"second"'}
    assert get().read_bytes() == CONTENT[::-1]
    assert broken_off.sent == [CUT, len(CONTENT)]


def test_without_validators_another_size_is_another_version(loader, get):
    loader.validators, loader.cut_after = {}, CUT
    with pytest.raises(DataError):
        get()
    loader.content, loader.cut_after = CONTENT[::-1] + b"more", None
    assert get().read_bytes() == CONTENT[::-1] + b"more"
    assert loader.asked == [None, f"bytes={CUT}-", None]


def test_a_part_that_is_too_long_is_fetched_anew(broken_off, get, tmp_path):
    with (tmp_path / "cache" / "letters.gz.part").open("ab") as part:
        part.write(CONTENT)
    assert get().read_bytes() == CONTENT
    assert broken_off.asked == [None, f"bytes={CUT + len(CONTENT)}-", None]


@pytest.mark.parametrize("record", [None, "not JSON", '{"url": "other"}'])
def test_a_part_of_unknown_origin_is_not_gone_on_with(broken_off, get, tmp_path, record):
    place = tmp_path / "cache" / "letters.gz.part.json"
    place.unlink() if record is None else place.write_text(record)
    assert get().read_bytes() == CONTENT
    assert broken_off.asked == [None, None]


def test_a_part_of_another_address_is_not_gone_on_with(broken_off, get):
    broken_off.url = broken_off.url.replace("some", "other")
    assert get().read_bytes() == CONTENT
    assert broken_off.asked == [None, None]


def test_a_file_of_unannounced_size_is_fetched_without_progress(loader, get):
    loader.announces_length = False
    found = []
    assert get(progress=lambda *counts: found.append(counts)).read_bytes() == CONTENT
    assert found == []


def test_a_file_that_is_called_an_encoding_stays_packed(loader, get):
    loader.validators = {"Content-Encoding": "gzip"}
    assert get().read_bytes() == CONTENT


def test_ctrl_c_leaves_the_part(loader, get):
    def interrupt(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        get(progress=interrupt)
    assert get().read_bytes() == CONTENT
    (first, second) = loader.asked
    assert (first, second[:6]) == (None, "bytes=")


def test_a_missing_file_is_an_error_with_the_server_s_answer(loader, get, tmp_path):
    loader.status = 404
    with pytest.raises(
        DataError, match=r"\(the server answered 404 Not Found\)\. Run the command again,"
    ):
        get()
    assert names(tmp_path) == set()


def test_a_server_that_fails_between_leaves_the_part(broken_off, get):
    broken_off.status = 503
    with pytest.raises(DataError, match=r"503 Service Unavailable\)\. Run the command again to"):
        get()
    broken_off.status = 200
    assert get().read_bytes() == CONTENT
    assert broken_off.sent == [CUT, 0, len(CONTENT) - CUT]


def test_offline_the_part_waits_for_the_next_try(broken_off, get):
    there, broken_off.url = broken_off.url, "http://127.0.0.1:9/some/letters.gz"
    with pytest.raises(DataError, match=r"127.0.0.1:9.* cannot be downloaded \(ConnectionError\)"):
        get()
    broken_off.url = there
    assert get().read_bytes() == CONTENT
    assert broken_off.sent == [CUT, len(CONTENT) - CUT]


def test_a_cache_that_cannot_be_written_is_an_error(loader, get, tmp_path):
    (tmp_path / "cache").write_text("a file where the folder should be")
    with pytest.raises(DataError, match=r"cannot be downloaded \(FileExistsError\)"):
        get()


def test_two_at_once_fetch_it_once(loader, get):
    threads = [threading.Thread(target=get) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert loader.asked == [None]
    assert get().read_bytes() == CONTENT
