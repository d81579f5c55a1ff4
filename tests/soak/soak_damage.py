"""One flipped bit and every cut: packages, Parquet, certified input, certificates and partial sums never differ in silence."""

import io
import shutil
from collections import Counter
from functools import cache

import nhscarbon as nc
from nhscarbon.activity.readers.parquet import parquet_bytes, read_parquet
from nhscarbon.errors import NHSCarbonError
from nhscarbon.footprint.certificate import certificate, differences, load_certificate
from nhscarbon.methods.data_package import data_root, load_package
from samples import frame

METHOD = nc.methodology("nhs-2026.1")


@cache
def parquets():
    return [(parquet_bytes(table), table) for table in (frame(5), frame(60, seed=2), frame(900, seed=3))]


@cache
def partials():
    return [(sums.to_bytes(), sums) for sums in (nc.partial(frame(40)), nc.partial(frame(300, seed=4), keep=("site",)))]


@cache
def inputs():
    """Return certified files: kind, bytes, certificate, and the content alone that was certified."""
    made = []
    for rows, seed in ((4, 5), (25, 6)):
        table = frame(rows, seed=seed)
        book = io.BytesIO()
        table.to_excel(book, index=False)
        for kind, content in (
            ("csv", table.to_csv(index=False).encode()),
            ("xlsx", book.getvalue()),
            ("parquet", parquet_bytes(table)),
        ):
            made.append((kind, content, certificate(nc.calculate(named(content, kind), METHOD))))
    return made


def named(content, kind):
    stream = io.BytesIO(content)
    stream.name = f"return.{kind}"
    return stream


def flipped(content, rng):
    at = rng.randrange(len(content) * 8)
    return content[: at // 8] + bytes([content[at // 8] ^ (1 << at % 8)]) + content[at // 8 + 1 :]


def parquet_holds(content, table):
    try:
        found = read_parquet(content, "x.parquet")
    except NHSCarbonError:
        return "refused"
    assert False, "a flipped bit was read" if found.equals(table) else "SILENT: other values were read"  # noqa: B011, PT015


def partial_holds(content, sums):
    try:
        found = nc.sums.PartialSums.from_bytes(content)
    except NHSCarbonError:
        return "refused"
    raise AssertionError("a flipped bit was read" if found == sums else "SILENT: other sums were read")


def input_holds(kind, content, sent):
    """Tell how a certified file that was changed is caught: refused, or by what `verify` says."""
    try:
        now = nc.calculate(named(content, kind), METHOD)
    except NHSCarbonError:
        return "refused"
    told = differences(sent, now)
    assert told, "SILENT: changed input was verified"
    about = certificate(now).about
    same = {**about, "files": sent.about["files"]} == sent.about
    return "told by the file's hash alone: not one value changed" if same else "told by the content too"


def certificate_holds(text, certificate, footprint, scratch):
    path = scratch / "certificate.json"
    path.write_bytes(text)
    try:
        found = load_certificate(path)
        told = differences(found, footprint)
    except NHSCarbonError:
        return "refused"
    assert told, "SILENT: a changed certificate was verified"
    return "told"


@cache
def certified():
    kind, content, certificate = inputs()[0]
    return certificate, nc.calculate(named(content, kind), METHOD)


def data_copy(scratch):
    copy = scratch / "data"
    if not copy.is_dir():
        shutil.copytree(data_root(), copy)
    return copy


@cache
def package_files():
    """Return (folder, file, whether the methodology pins it)."""
    pinned = {name.split("/")[0].split("@")[0] for name in METHOD.hashes}
    found = []
    for path in sorted(data_root().rglob("*")):
        if path.is_file():
            relative = path.relative_to(data_root())
            package = path.parent.name
            if (path.parent / "datapackage.json").is_file():
                found.append((relative, package in pinned, True))
            elif package == METHOD.id:
                found.append((relative, True, False))
    return found


def package_holds(copy, relative, pinned, is_package, rng, whole):
    path = copy / relative
    content = path.read_bytes()
    try:
        path.write_bytes(flipped(content, rng))
        if is_package and not whole:
            before = load_package(data_root() / relative.parent).digest
            try:
                package = load_package(path.parent)
            except NHSCarbonError:
                return "refused"
            assert package.digest != before, "SILENT: a changed package has the same digest"
            return "told by another digest"
        try:
            found = nc.methodology(METHOD.id, root=copy)
        except NHSCarbonError:
            return "refused by the methodology"
        assert not pinned, "SILENT: a methodology took a changed package"
        assert found.digest == METHOD.digest
        return "of no package that the methodology pins"
    finally:
        path.write_bytes(content)


WEIGHTS = {"package": 5, "methodology": 1, "parquet": 6, "partial": 3, "input": 8, "certificate": 4}


def flips(rng, scratch, size):
    """R10: single-bit flips."""
    outcomes, faults = Counter(), []
    copy = data_copy(scratch)
    for _ in range(size):
        [what] = rng.choices(list(WEIGHTS), WEIGHTS.values())
        try:
            if what in ("package", "methodology"):
                relative, pinned, is_package = rng.choice(package_files())
                whole = what == "methodology" or not is_package
                outcome = package_holds(copy, relative, pinned, is_package, rng, whole)
            elif what == "parquet":
                content, table = rng.choice(parquets())
                outcome = parquet_holds(flipped(content, rng), table)
            elif what == "partial":
                content, sums = rng.choice(partials())
                outcome = partial_holds(flipped(content, rng), sums)
            elif what == "input":
                kind, content, certificate = rng.choice(inputs())
                what = f"input {kind}"
                outcome = input_holds(kind, flipped(content, rng), certificate)
            else:
                certificate, footprint = certified()
                outcome = certificate_holds(flipped(certificate.text.encode(), rng), certificate, footprint, scratch)
            outcomes[f"{what}: {outcome}"] += 1
        except Exception as error:
            faults.append(f"{what}: {type(error).__name__}: {str(error)[:300]}")
    return outcomes, faults


def cuts(rng, scratch, size):
    """R9: files that were cut off."""
    outcomes, faults = Counter(), []
    copy = data_copy(scratch)
    for _ in range(size):
        what = rng.choice(("parquet", "partial", "xlsx", "certificate", "package", "csv"))
        try:
            if what == "parquet":
                content, table = rng.choice(parquets())
                outcome = parquet_holds(content[: rng.randrange(len(content))], table)
            elif what == "partial":
                content, sums = rng.choice(partials())
                outcome = partial_holds(content[: rng.randrange(len(content))], sums)
            elif what == "certificate":
                certificate, footprint = certified()
                text = certificate.text.encode()
                outcome = certificate_holds(text[: rng.randrange(len(text))], certificate, footprint, scratch)
            elif what == "package":
                relative, _, _ = rng.choice([each for each in package_files() if each[2]])
                path = copy / relative
                content = path.read_bytes()
                before = load_package(data_root() / relative.parent).digest
                try:
                    path.write_bytes(content[: rng.randrange(len(content))])
                    digest = load_package(path.parent).digest
                except NHSCarbonError:
                    outcome = "refused"
                else:  # a descriptor without its last line end is a descriptor still
                    assert digest != before, "SILENT: a cut package has the same digest"
                    outcome = "told by another digest"
                finally:
                    path.write_bytes(content)
            else:
                kind, content, certificate = rng.choice([each for each in inputs() if each[0] == what])
                outcome = input_holds(kind, content[: rng.randrange(len(content))], certificate)
                assert kind != "xlsx" or outcome == "refused", "a cut workbook was read"
            outcomes[f"{what}: {outcome}"] += 1
        except Exception as error:
            faults.append(f"{what}: {type(error).__name__}: {str(error)[:300]}")
    return outcomes, faults
