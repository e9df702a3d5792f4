"""Responses and requests compressed in each way that clients ask for: relayed as they are, and read all the same."""

import gzip
import http.client
import http.server
import json
import threading
import urllib.parse
import zlib

import anthropic
import pytest
from prompts import request
from proxy import Proxy
from test_proxy import warmer_json

brotli = pytest.importorskip("brotli", reason="only in the environment of the newer SDK")
zstandard = pytest.importorskip("zstandard", reason="only in the environment of the newer SDK")
httpx = pytest.importorskip("httpx")


class Brotli:
    """The compressor in the shape of the other libraries."""

    def __init__(self):
        self.compressor = brotli.Compressor()
        self.compress = self.compressor.process

    def flush(self, kind):
        return self.compressor.flush() if kind else self.compressor.finish()


# A compressor, what flushes it within a stream, and what ends it.
COMPRESSORS = {
    "gzip": (lambda: zlib.compressobj(wbits=31), zlib.Z_SYNC_FLUSH, zlib.Z_FINISH),
    "deflate": (zlib.compressobj, zlib.Z_SYNC_FLUSH, zlib.Z_FINISH),
    "br": (Brotli, True, False),
    "zstd": (
        lambda: zstandard.ZstdCompressor().compressobj(),
        zstandard.COMPRESSOBJ_FLUSH_BLOCK,
        zstandard.COMPRESSOBJ_FLUSH_FINISH,
    ),
}


DECOMPRESSORS = {
    "gzip": gzip.decompress,
    "deflate": zlib.decompress,
    "br": brotli.decompress,
    "zstd": lambda body: zstandard.ZstdDecompressor().decompressobj().decompress(body),
}


class Edge(http.server.BaseHTTPRequestHandler):
    """What stands in front of a provider: compresses responses, event by event, for clients that take them so."""

    protocol_version = "HTTP/1.1"
    coding = None
    emulator = None

    def do_POST(self):
        assert self.coding in self.headers["accept-encoding"]
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name: value for name, value in self.headers.items() if name not in ("host", "accept-encoding")}
        if headers.pop("content-encoding", None):
            body = DECOMPRESSORS[self.coding](body)
            headers["content-length"] = str(len(body))
        upstream = http.client.HTTPConnection(urllib.parse.urlsplit(self.emulator.url).netloc, timeout=60)
        upstream.request("POST", self.path, body, headers)
        response = upstream.getresponse()
        make, flush, finish = COMPRESSORS[self.coding]
        compressor = make()
        self.send_response(response.status)
        for name, value in response.getheaders():
            if name.lower() not in ("content-length", "transfer-encoding", "date"):
                self.send_header(name, value)
        self.send_header("content-encoding", self.coding)
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for line in response:
            self.chunk(compressor.compress(line) + compressor.flush(flush))
        self.chunk(compressor.flush(finish))
        self.wfile.write(b"0\r\n\r\n")
        upstream.close()

    def chunk(self, data):
        if data:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))

    def log_message(self, *_):
        pass


@pytest.fixture
def edge(emulator, request):
    handler = type("Edge", (Edge,), {"coding": request.param, "emulator": emulator})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.coding = request.param
    server.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def proxied(edge, tmp_path):
    proxy = Proxy(edge, "--ledger", str(tmp_path / "ledger.sqlite"))
    return proxy, anthropic.Anthropic(api_key="sk-emu-me-1", base_url=proxy.url, max_retries=0)


def stats(tmp_path):
    return warmer_json("stats", "--ledger", str(tmp_path / "ledger.sqlite"))["total"]


@pytest.mark.parametrize("edge", COMPRESSORS, indirect=True)
def test_usage_is_read_from_compressed_messages_and_streams(edge, emulator, tmp_path):
    proxy, client = proxied(edge, tmp_path)
    written = client.messages.create(**request()).usage.cache_creation_input_tokens
    assert client.messages.create(**request()).usage.cache_read_input_tokens == written > 1024
    with client.messages.stream(**request()) as stream:
        assert stream.get_final_message().usage.cache_read_input_tokens == written
    bill = proxy.stop()
    assert "3 requests; 2 hits; 1 first sights; 0 cold starts" in bill, bill
    total = stats(tmp_path)
    assert total["requests"] == 3 and total["hit_rate_requests"] == pytest.approx(2 / 3)
    assert emulator.bill()["cache_read"] == 2 * written


@pytest.mark.parametrize("edge", COMPRESSORS, indirect=True)
def test_a_compressed_request_is_understood(edge, tmp_path):
    proxy, _ = proxied(edge, tmp_path)
    headers = {
        "x-api-key": "sk-emu-me-1",
        "anthropic-version": "2023-06-01",
        "content-type": "application/json",
        "content-encoding": edge.coding,
    }
    make, _, finish = COMPRESSORS[edge.coding]
    compressor = make()
    body = compressor.compress(json.dumps(request()).encode()) + compressor.flush(finish)
    for _ in range(2):
        answer = httpx.post(proxy.url + "/v1/messages", content=body, headers=headers, timeout=60)
        assert answer.status_code == 200 and answer.headers["content-encoding"] == edge.coding
    assert "2 requests; 1 hits; 1 first sights" in proxy.stop()
    assert stats(tmp_path)["requests"] == 2
