"""The commands `frontdoor kb factories …`: take over a list of factories, and look a name up in it.

The register is the operator's and stands in their own folder of knowledge (`KNOWLEDGE_DIR`), so that a new version of
the package does not touch it. It is written whole or not at all; a house that runs takes it up when it starts again.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.kb_said import Json, console, print_json, row

if TYPE_CHECKING:
    from knowledge.factory_files import Listed
    from knowledge.model import Area

app = typer.Typer(no_args_is_help=True, help="The register of factories: load a list, look up a name.")
SHOWN = 20  # bad rows that are printed; all of them stand in the JSON


@app.command(epilog="Example: **frontdoor kb factories load factories.csv --dry-run**")
def load(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV in UTF-8, TIS-620 or UTF-16.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only check the list, write nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Take over a list of factories: the whole list or, if a row is bad, everything but the bad rows, which are told.
    Exit code 1 where nothing could be taken."""
    from bot.settings import Overlay
    from knowledge import factory_files

    areas, folder = known()
    found = read(file, folder, areas)
    where = None if dry_run else target(Overlay().knowledge_dir)
    if where and found.factories:
        factory_files.write(where, found.factories, areas)
    told = {
        "factories": len(found.factories),
        "bad_rows": len(found.faults),
        "encoding": found.encoding,
        "written": str(where) if where and found.factories else "",
        "faults": [row(each) for each in found.faults],
    }
    tell(told, as_json)
    raise typer.Exit(0 if found.factories else 1)


def known() -> tuple[dict[str, Area], Path]:
    from knowledge import gazetteer
    from knowledge.files import HERE

    return dict(gazetteer.load(HERE).areas), HERE


def read(file: Path, folder: Path, areas: dict[str, Area]) -> Listed:
    from knowledge.factory_files import Areas, Unreadable, listed

    try:
        return listed(file.read_bytes(), folder, Areas(areas), file.name)
    except Unreadable as wrong:
        console.print(f"{file.name}: {wrong}", markup=False, soft_wrap=True)
        raise typer.Exit(1) from None


def target(folder: Path | None) -> Path:
    from knowledge.factory_files import OWN

    if folder is None:
        console.print("KNOWLEDGE_DIR: set it to the folder of your own knowledge, where the register is to stand")
        raise typer.Exit(2)
    return folder / "factories" / OWN


def tell(told: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(told)
        return
    for fault in told["faults"][:SHOWN]:
        console.print(f"{fault['file']}: {fault['entry']}: {fault['mend']}", markup=False, soft_wrap=True)
    written = f"written to {told['written']}; restart the house" if told["written"] else "nothing written"
    console.print(f"{told['factories']:,} factories, {told['bad_rows']} bad rows, {told['encoding']}; {written}")


@app.command(epilog='Example: **frontdoor kb factories find "thai plastics"**')
def find(name: Annotated[str, typer.Argument(help="A name as people write it.")], as_json: Json = False) -> None:
    """Which factory of the register a name means; nothing where none or several fit. Exit code 1 then."""
    from bot.settings import Overlay
    from knowledge import factories
    from knowledge.factory_files import OWN
    from knowledge.files import HERE

    areas, _ = known()
    own = Overlay().knowledge_dir
    register = factories.load(own if own and (own / "factories" / OWN).exists() else HERE, areas)
    found = register.find(name)
    if found is None:
        console.print("none, or several")
        raise typer.Exit(1)
    one, likeness = found
    told = {"id": one.id, "name": one.name, "province": one.place.province, "likeness": round(likeness, 3)}
    print_json(told) if as_json else console.print(f"{one.id}  {one.name}  {one.place.province}  {likeness:.2f}")
