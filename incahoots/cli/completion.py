"""``incahoots completion``."""

from __future__ import annotations

import click
from click.shell_completion import BashComplete, FishComplete, ShellComplete, ZshComplete


class _Bash(BashComplete):
    """Bash, with no space after a word that goes on: name=, folder/."""

    source_template = BashComplete.source_template.replace(
        "COMPREPLY+=($value)", 'COMPREPLY+=("$value"); [[ $value == *[=/] ]] && compopt -o nospace'
    )


_SHELLS: dict[str, type[ShellComplete]] = {"bash": _Bash, "zsh": ZshComplete, "fish": FishComplete}


@click.command()
@click.argument("shell", type=click.Choice(list(_SHELLS)))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the script that makes a shell complete commands.

    It completes commands, options, names of queries and behaviours, and runs and operations of the database. Bash 4.4
    or newer. The line for your shell goes into the file that it reads when it starts.

    \b
    Examples:
      eval "$(incahoots completion bash)"                                       ~/.bashrc
      eval "$(incahoots completion zsh)"                                        ~/.zshrc, after compinit
      incahoots completion fish > ~/.config/fish/completions/incahoots.fish     once
    """
    root = ctx.find_root()
    click.echo(_SHELLS[shell](root.command, {}, "incahoots", "_INCAHOOTS_COMPLETE").source())
