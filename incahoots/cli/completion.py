"""``incahoots completion``."""

from __future__ import annotations

import click
from click.shell_completion import BashComplete, FishComplete, ShellComplete, ZshComplete

#: Bash breaks words at colons, and puts what is offered in the place of what stands behind the last one: names such as
#: activity:link are put together before they are looked up, and cut as bash cuts them before they are offered.
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
    """Bash, with names that have colons, and with no space after a word that goes on: name=, folder/."""

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
