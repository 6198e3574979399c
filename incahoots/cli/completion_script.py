"""The command ``completion``."""

from __future__ import annotations

import click
from click.shell_completion import BashComplete, FishComplete, ShellComplete, ZshComplete

#: Bash splits words at colons and replaces only the part behind the last one. So names such as activity:link are
#: joined before they are looked up, and split again before they are offered.
_JOIN = """local -a words=()
    local word last="" cword=0 place before=""
    for place in "${!COMP_WORDS[@]}"; do
        word="${COMP_WORDS[place]}"
        if [[ $COMP_WORDBREAKS == *:* && $place -gt 1 && ( $word =~ ^:+$ || $last =~ ^:+$ ) ]]; then
            words[${#words[@]}-1]+="$word"
        else
            words+=("$word")
        fi
        (( place == COMP_CWORD )) && cword=$(( ${#words[@]} - 1 )) && break
        last="$word"
    done
    [[ $COMP_WORDBREAKS == *:* && ${words[cword]} == *:* ]] && before="${words[cword]%"${words[cword]##*:}"}"

    """


class _Bash(BashComplete):
    """Completion for Bash that supports colons in names and adds no space after name= and folder/."""

    source_template = (
        BashComplete.source_template.replace("%", "%%")
        .replace("%%(", "%(")
        .replace("response=$(", _JOIN.replace("%", "%%") + "response=$(")
        .replace('COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD=$COMP_CWORD', 'COMP_WORDS="${words[*]}" COMP_CWORD=$cword')
        .replace(
            "COMPREPLY+=($value)", 'COMPREPLY+=("${value#"$before"}"); [[ $value == *[=/] ]] && compopt -o nospace'
        )
    )


_SHELLS: dict[str, type[ShellComplete]] = {"bash": _Bash, "zsh": ZshComplete, "fish": FishComplete}


@click.command()
@click.argument("shell", type=click.Choice(list(_SHELLS)))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the completion script for a shell.

    The shell then completes commands, options, names of queries and behaviours, and runs and operations of the
    database. Bash must be 4.4 or newer. Add the line for your shell to its start-up file.

    \b
    Examples:
      eval "$(incahoots completion bash)"                                       ~/.bashrc
      eval "$(incahoots completion zsh)"                                        ~/.zshrc, after compinit
      incahoots completion fish > ~/.config/fish/completions/incahoots.fish     once
    """
    root = ctx.find_root()
    click.echo(_SHELLS[shell](root.command, {}, "incahoots", "_INCAHOOTS_COMPLETE").source())
