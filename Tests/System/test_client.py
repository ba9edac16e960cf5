# SPDX-License-Identifier: Apache-2.0
"""figures-client as a person and a script use it: tables, messages, exit codes, JSON."""
import json
import os
import pty
import re
import shutil
import subprocess

import pytest

from conftest import BIN, ROOT


def get(services, region, *arguments):
    result = services.client("get", "--region", region, "--json", *arguments)
    return json.loads(result.stdout)


def facts(answer, **wanted):
    return [f for f in answer["facts"] if all(f[k] == v for k, v in wanted.items())]


def test_west_midlands_is_several_areas(seeded):
    result = seeded.client("get", "--region", "West Midlands")
    assert result.returncode == 0
    assert "West Midlands (police force area)" in result.stdout.splitlines()[0]
    # The others are named on standard error, with the way to ask for them.
    assert "rocu/west-midlands" in result.stderr and "get --region rocu/west-midlands" in result.stderr
    # The parts stand indented under their total.
    lines = [line for line in result.stdout.splitlines() if "arrests" in line]
    total = next(i for i, line in enumerate(lines) if re.match(r"41 +arrests", line))
    assert [re.match(r" +(\d+)", line).group(1) for line in lines[total + 1:total + 8]] == ["15", "8", "7", "6", "2", "2", "1"]
    assert "7 areas add up to 41" in result.stdout and "men and women add up to 41" in result.stdout


def test_the_readme_shows_what_is_printed(seeded):
    blocks = re.findall(r"^```\w*\n(.*?)^```$", (ROOT / "README.md").read_text(), re.S | re.M)
    shown, = [block for block in blocks if block.startswith("West Midlands (police force area)")]
    result = seeded.client("get", "--region", "West Midlands")
    printed = result.stdout + result.stderr

    def lines(text):
        return sorted(line.rstrip() for line in text.splitlines() if line.strip())

    assert lines(printed) == lines(shown)


def test_the_seven_boroughs_and_the_sexes(seeded):
    answer = get(seeded, "West Midlands")
    total, = facts(answer, metric="arrests", value="41")
    parts = [f for f in answer["facts"] if total["id"] in f["part_of"]]
    areas = [f for f in parts if not f["population"]]
    assert len(areas) == 7 and sum(f["low"] for f in areas) == 41
    sexes = {f["population"]["sex"]: f["low"] for f in parts if f["population"]}
    assert sexes == {"male": 39, "female": 2}
    assert total["agreement"] == "agreed" and total["claims"] == 4


def test_uk_arrests_show_their_conflict(seeded):
    answer = get(seeded, "UK", "--metric", "arrests")
    fact, = facts(answer, value="660")
    assert fact["agreement"] == "conflict" and fact["conflicting"] == ["600"]
    assert fact["documents"] == 2 and fact["sources"] == 1
    shown = seeded.client("fact", fact["id"])
    assert shown.returncode == 0
    assert "600  conflicts: a caption that rounds or cuts a figure the text states" in shown.stdout
    assert "600 suspected paedophiles arrested in UK-wide police investigation" in shown.stdout


def test_children_safeguarded_across_two_documents(seeded):
    answer = get(seeded, "UK", "--metric", "children_safeguarded")
    fact, = facts(answer, value="431")
    assert fact["agreement"] == "agreed" and fact["documents"] == 2
    shown = seeded.client("fact", fact["id"]).stdout
    assert re.search(r"more than 400  agrees: allows the chosen value", shown)


def test_look_alike_numbers_stay_apart(seeded):
    unit, = facts(get(seeded, "rocu/west-midlands", "--metric", "arrests"), value="110")
    force, = facts(get(seeded, "force/west-midlands", "--metric", "arrests"), value="110")
    assert unit["id"] != force["id"]
    assert (unit["period_start"], unit["period_end"]) == ("2019-07-01", "2020-06-30")
    assert (force["period_start"], force["period_end"]) == ("2016-06-01", "")


def test_operations_never_mix(seeded):
    answer = get(seeded, "UK", "--all-areas")
    hours = [f for f in answer["facts"] if "48-hour" in f["operation"]]
    months = [f for f in answer["facts"] if "six-month" in f["operation"]]
    assert {"76", "35", "about 80"} <= {f["value"] for f in hours}
    assert {"660", "431", "41"} <= {f["value"] for f in months}
    assert len({f["operation_id"] for f in hours}) == 1 and len({f["operation_id"] for f in months}) == 1
    only = get(seeded, "UK", "--operation", hours[0]["operation_id"])
    assert only["facts"] and all("48-hour" in f["operation"] for f in only["facts"])


def test_dates_filter(seeded):
    answer = get(seeded, "West Midlands", "--from", "2016-01-01", "--to", "2016-12-31")
    assert {f["value"] for f in answer["facts"]} >= {"640", "691", "288"}
    assert not facts(answer, value="151") and all(f["period_start"] for f in answer["facts"])


@pytest.mark.parametrize("arguments, code, message", [
    (["get", "--region", "Birmingam"], 1, "nearest names: Birmingham"),
    (["get", "--region", "Shetland Islands"], 1, "no figures"),
    (["get"], 2, "--region"),
    (["get", "--region", "gb", "--from", "yesterday"], 2, "YYYY-MM-DD"),
    (["get", "--region", "gb", "--metric", "nothing"], 4, "metrics"),
    (["fact", "fact/none"], 1, "no fact"),
    (["fact", "none"], 1, "no fact"),
    (["document", "doc/none"], 1, "no document"),
    (["regions", "Birmingam"], 1, "nearest names: Birmingham"),
    (["ingest", "/nowhere.txt"], 2, "/nowhere.txt"),
    (["document"], 2, "<id>"),
])
def test_exit_codes_and_messages(seeded, arguments, code, message):
    result = seeded.client(*arguments)
    assert (result.returncode, message in result.stderr) == (code, True), result.stderr
    assert len(result.stderr) < 600


def test_unreachable_is_3():
    result = subprocess.run([str(BIN / "figures-client"), "get", "--region", "gb", "--server", "127.0.0.1:9"], capture_output=True, text=True, timeout=20)
    assert result.returncode == 3 and result.stdout == ""
    assert result.stderr == (
        "figures-client: can't connect to 127.0.0.1:9: Connection refused\n"
        "Is the service running there? --server and --ingest name other addresses.\n")


def test_lists(seeded):
    assert "force/west-midlands" in seeded.client("regions", "West Midlands").stdout
    assert re.search(r"^arrests +arrests +persons", seeded.client("metrics").stdout, re.M)
    documents = seeded.client("documents").stdout
    assert len(documents.splitlines()) == 6 and "The Coventry Observer" in documents and "2020-09-11" in documents
    identity = re.search(r"doc/[0-9a-f]{32}", documents).group(0)
    text = seeded.client("document", identity, "--text").stdout
    assert text.rstrip("\n") == (ROOT / "seeds" / "000_36bab5251d975333.txt").read_text().rstrip("\n")
    assert "caught up  yes" in seeded.client("status").stdout


def test_ingest_says_what_it_did(services, tmp_path):
    good, empty, binary, large = (tmp_path / name for name in ("good.txt", "empty.txt", "binary.txt", "large.txt"))
    good.write_text("Police arrested 12 people in Leeds.")
    empty.write_text("")
    binary.write_bytes(b"Police arrested 12 \xff\x00 people")
    large.write_text("12 people arrested. " * 1_000_000)
    result = services.client("ingest", str(good), str(empty), str(binary), str(large))
    assert result.returncode == 4
    assert "recorded  revision 1" in result.stdout
    assert "empty" in result.stderr and "byte at offset 19" in result.stderr and "max-document-bytes" in result.stderr
    assert "4 documents: 1 recorded, 0 unchanged, 3 refused" in result.stderr
    again = services.client("ingest", str(good), "--title", "Another")
    assert again.returncode == 0 and "unchanged  revision 1" in again.stdout and "title" in again.stderr


def test_ingest_shows_progress_in_a_terminal(services, tmp_path):
    for index in range(5):
        (tmp_path / f"{index}.txt").write_text(f"Police arrested {index + 12} people in Leeds.")
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [str(BIN / "figures-client"), "ingest", *[str(tmp_path / f"{i}.txt") for i in range(5)], "--ingest", f"127.0.0.1:{services.ingest_port}"],
        stdout=subprocess.PIPE, stderr=follower)
    process.communicate(timeout=30)
    os.close(follower)
    assert "3/5" in os.read(leader, 65536).decode()


def test_settings_come_from_flag_environment_and_file(seeded, tmp_path):
    file = tmp_path / "figures.json"
    file.write_text(json.dumps({"client": {"server": f"127.0.0.1:{seeded.query_port}"}}))
    client = str(BIN / "figures-client")

    def run(*arguments, **env):
        clean = {k: v for k, v in os.environ.items() if not k.startswith("FIGURES_")}
        return subprocess.run([client, "status", *arguments], env={**clean, **env}, capture_output=True, text=True, timeout=20).returncode

    assert run("--config", str(file)) == 0
    assert run(FIGURES_CONFIG=str(file)) == 0
    assert run(FIGURES_CLIENT_SERVER=f"127.0.0.1:{seeded.query_port}") == 0
    # The flag weighs more than the environment, the environment more than the file.
    assert run("--server", "127.0.0.1:9", FIGURES_CLIENT_SERVER=f"127.0.0.1:{seeded.query_port}") == 3
    assert run(FIGURES_CLIENT_SERVER="127.0.0.1:9", FIGURES_CONFIG=str(file)) == 3
    assert run("--config", str(tmp_path / "none.json")) == 2


def test_server_settings_are_checked(tmp_path):
    for arguments, env, message in (
        (["--listen", "nonsense"], {}, "HOST:PORT"),
        (["--listen", "0.0.0.0:0"], {}, "--insecure-listen"),
        (["--max-document-bytes", "0"], {}, "max-document-bytes"),
        ([], {"FIGURES_INGEST_MAX_DOCUMENT_BYTES": "many"}, "max-document-bytes"),
        (["--log-level", "loud"], {}, "log-level"),
    ):
        result = subprocess.run([str(BIN / "figures-ingest"), "--data", str(tmp_path), *arguments], env={**os.environ, **env}, capture_output=True, text=True, timeout=20)
        assert result.returncode == 2 and message in result.stderr, result.stderr


def test_extract_prints_the_scorer_format(tmp_path):
    file = tmp_path / "text.txt"
    file.write_text("Kent Police arrested more than 40 people in May 2021.")
    result = subprocess.run([str(BIN / "figures-client"), "extract", "--jsonl", str(file)], capture_output=True, text=True, timeout=20)
    row = json.loads(result.stdout)
    assert (row["low"], row.get("high"), row["precision"], row["metric"], row["unit"], row["region"]) == (40, None, "more_than", "arrests", "persons", "Kent")
    assert (row["period_start"], row["period_end"]) == ("2021-05-01", "2021-05-31")
    assert file.read_bytes()[row["start"]:row["end"]] == b"40"


def client(*arguments, **options):
    return subprocess.run([str(BIN / "figures-client"), *arguments], capture_output=True, text=True, timeout=20, **options)


def test_explain_marks_figures_and_tells_why(tmp_path):
    result = client("explain", "-", input="Kent Police arrested more than 12 men, aged 19 to 45, on 14 March 2021.\n")
    assert result.returncode == 0
    assert "more than [12 #1] men, aged {19 to 45 age}, on {14 date} March {2021 date}." in result.stdout
    assert "#1  more than 12 arrests, men (persons) - Kent - 2021-03-14 - " in result.stdout
    for line in ("value      qualifier: more_than: “more than”", "metric     verb before: object: “arrested … men”",
                 "area       the nearest place or body before the number: “Kent Police”", "population sex: “men”"):
        assert line in result.stdout, result.stdout
    assert "1 figures; not recorded: age 1, date 2" in result.stdout
    nothing = client("explain", "-", input="He was 43.\n")
    assert nothing.returncode == 1 and "0 figures; not recorded: age 1" in nothing.stdout


def test_other_formats_are_read_as_text(tmp_path):
    page = tmp_path / "page.html"
    page.write_text("<html><head><title>T</title></head><body><nav>9 links</nav><p>Kent Police arrested <b>12</b> people.</p>"
                    "<table><tr><th>Force</th><th>2021</th></tr><tr><td>Kent</td><td>34</td></tr></table></body></html>")
    text = client("text", str(page)).stdout
    assert text == "Kent Police arrested 12 people.\n\nForce | 2021\nKent | 34\n"
    rows = [json.loads(line) for line in client("extract", "--jsonl", str(page)).stdout.splitlines()]
    assert [text.encode()[row["start"]:row["end"]].decode() for row in rows] == ["12", "34"]
    assert rows[1]["period_start"] == "2021-01-01" and rows[1]["section"] == "table"
    old = tmp_path / "old.txt"
    old.write_bytes("Kent Police seized £4,000 in cash.".encode("cp1252"))
    assert client("text", str(old)).stdout == "Kent Police seized £4,000 in cash.\n"


def test_pdf_is_read_where_pdftotext_is(tmp_path):
    # A page of one line, by hand.
    content = b"BT /F1 12 Tf 72 720 Td (Kent Police arrested 12 people.) Tj ET"
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
               b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
               b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
               b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    data, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    data += b"xref\n0 6\n0000000000 65535 f \n%strailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (table, len(data))
    file = tmp_path / "page.pdf"
    file.write_bytes(data)
    result = client("extract", str(file))
    if shutil.which("pdftotext"):
        assert result.returncode == 0 and "arrests" in result.stdout
    missing = client("extract", str(file), env={"PATH": str(tmp_path)})
    assert missing.returncode == 4 and "pdftotext" in missing.stderr and "poppler-utils" in missing.stderr
    # A program that reads nothing of what it is given does not take the client with it.
    file.write_bytes(b"%PDF-1.4\n" + b"0" * 1_000_000)
    for _ in range(5):
        assert client("extract", str(file), env={"PATH": str(tmp_path)}).returncode == 4
