"""Files that we write: permissions as they were, devices and pipes left alone, inputs never replaced."""

import os
import stat

import pytest

from nhscarbon.errors import UsageError
from nhscarbon.output.files import refuse_same_file, write_whole


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize(("umask", "expected"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664), (0o027, 0o640)])
def test_a_new_file_has_the_permissions_of_the_umask(tmp_path, umask, expected):
    before = os.umask(umask)
    try:
        write_whole(tmp_path / "new.csv", b"x", overwrite=False)
    finally:
        os.umask(before)
    assert mode(tmp_path / "new.csv") == expected


@pytest.mark.parametrize("kept", [0o600, 0o640, 0o644, 0o664, 0o666, 0o400, 0o755])
def test_a_replaced_file_keeps_its_permissions(tmp_path, kept):
    path = tmp_path / "old.csv"
    path.write_bytes(b"old")
    path.chmod(kept)
    write_whole(path, b"new", overwrite=True)
    assert (path.read_bytes(), mode(path)) == (b"new", kept)
    assert [item.name for item in tmp_path.iterdir()] == ["old.csv"]


def test_what_is_written_is_never_more_open_than_the_file_that_it_replaces(tmp_path, monkeypatch):
    path = tmp_path / "secret.csv"
    path.write_bytes(b"old")
    path.chmod(0o600)
    seen = []
    fsync = os.fsync

    def look(handle):
        seen.append(stat.S_IMODE(os.fstat(handle).st_mode))
        fsync(handle)

    monkeypatch.setattr(os, "fsync", look)
    before = os.umask(0)
    try:
        write_whole(path, b"new", overwrite=True)
    finally:
        os.umask(before)
    assert seen == [0o600]


def test_a_link_goes_on_to_lead_to_the_file_that_is_written(tmp_path):
    target, link = tmp_path / "target.csv", tmp_path / "link.csv"
    target.write_bytes(b"old")
    link.symlink_to("target.csv")
    with pytest.raises(UsageError, match="already exists"):
        write_whole(link, b"new", overwrite=False)
    write_whole(link, b"new", overwrite=True)
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_a_link_that_leads_nowhere_is_not_followed_unless_it_may_be_replaced(tmp_path):
    link = tmp_path / "link.csv"
    link.symlink_to("elsewhere.csv")
    with pytest.raises(UsageError, match="already exists"):
        write_whole(link, b"new", overwrite=False)
    assert not (tmp_path / "elsewhere.csv").exists()


def test_a_pipe_is_refused_and_stays(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    for overwrite in (False, True):
        with pytest.raises(UsageError, match="a device or a pipe"):
            write_whole(path, b"x", overwrite=overwrite)
    assert stat.S_ISFIFO(path.stat().st_mode)


@pytest.mark.parametrize("device", ["/dev/full", "/dev/zero", "/dev/tty0", "/dev/random"])
def test_a_device_is_refused_and_stays(device, tmp_path):
    if not os.path.exists(device):  # noqa: PTH110
        pytest.skip(f"there is no {device} here")
    link = tmp_path / "link"
    link.symlink_to(device)
    for path in (link, type(link)(device)):
        with pytest.raises(UsageError, match="a device or a pipe"):
            write_whole(path, b"x", overwrite=True)
    assert stat.S_ISCHR(os.stat(device).st_mode)  # noqa: PTH116


def test_the_null_device_takes_everything_and_stays(tmp_path):
    null = type(tmp_path)(os.devnull)
    before = null.stat()
    for overwrite in (False, True):
        assert write_whole(null, b"x" * 100_000, overwrite=overwrite) == null
    after = null.stat()
    assert stat.S_ISCHR(after.st_mode)
    assert (after.st_ino, after.st_mode) == (before.st_ino, before.st_mode)


@pytest.fixture
def names(tmp_path):
    """One file under many names: as it is, links, a link to a link, other spellings of its path."""
    path = tmp_path / "return.csv"
    path.write_bytes(b"sent")
    (tmp_path / "folder").mkdir()
    (tmp_path / "soft.csv").symlink_to(path)
    (tmp_path / "softer.csv").symlink_to("soft.csv")
    (tmp_path / "hard.csv").hardlink_to(path)
    (tmp_path / "other").symlink_to(tmp_path, target_is_directory=True)
    return [
        path, tmp_path / "soft.csv", tmp_path / "softer.csv", tmp_path / "hard.csv", tmp_path / "other" / "return.csv",
        tmp_path / "folder" / ".." / "return.csv", type(path)(os.path.relpath(path)),
    ]  # fmt: skip


def test_a_file_is_known_by_any_of_its_names(names):
    for name in names:
        for other in names:
            with pytest.raises(UsageError, match="an input is never replaced"):
                refuse_same_file({"--output": name}, [other])
            with pytest.raises(UsageError, match="are the same file"):
                refuse_same_file({"--output": name, "--certificate": other}, [])


@pytest.mark.parametrize("other", ["new.csv", "NEW.CSV", "./new.csv", "folder/../new.csv", "link/new.csv"])
def test_two_outputs_that_are_not_there_yet_are_known_as_one(tmp_path, other):
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path, target_is_directory=True)
    with pytest.raises(UsageError, match="the same file"):
        refuse_same_file({"a": tmp_path / "new.csv", "b": tmp_path / other}, [])


def test_a_file_in_a_folder_that_is_read_is_not_replaced(tmp_path):
    folder = tmp_path / "ours"
    folder.mkdir()
    (folder / "factors.csv").write_bytes(b"x")
    with pytest.raises(UsageError, match="a file of the folder"):
        refuse_same_file({"--output": folder / "factors.csv"}, [folder])
    refuse_same_file({"--output": folder / "new.csv"}, [folder])


def test_files_that_are_not_the_same_are_let_be(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(b"x")
    null = type(tmp_path)(os.devnull)
    refuse_same_file({"--output": tmp_path / "a", "--chart": tmp_path / "c"}, [tmp_path / "b", tmp_path / "none"])
    refuse_same_file({"--output": null, "--chart": null}, [null])
