"""A picture in a notebook, with buttons above it and the posts behind the last click below it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from incahoots.analytics.explore.posts_as_html import account_page, edge_page, words_page
from incahoots.analytics.explore.state import Clicked
from incahoots.analytics.pictures.files import encoded
from incahoots.analytics.pictures.network import draw_network
from incahoots.errors import IncahootsError, UsageError

if TYPE_CHECKING:
    from incahoots.analytics.explore.exploration import Exploration

#: Posts, or pairs of posts, that a click shows, at most.
ROWS = 50


class Panel:
    """The widgets of `Exploration.show`: buttons, a picture, a note of what is shown, and the posts behind a click.

    The buttons Expand, Pin and Hide act on the clicked account; Undo undoes the last step. Without neo4j-viz there is a
    `UsageError`.
    """

    def __init__(self, view: Exploration) -> None:
        try:
            from incahoots.analytics.explore.with_neo4j_viz import Drawing, Picture
        except ImportError as problem:
            raise UsageError(
                f"Drawing needs the extra 'viz': {problem}.",
                "Install it with `pip install 'incahoots[viz]'`; `accounts`, `edges`, `posts` and `why` work without.",
            ) from problem
        from ipywidgets import HTML, Button, HBox, VBox

        self._view = view
        self._drawing: Callable[[], Drawing] = lambda: Drawing.of(view.accounts, view.edges, names=view.names)
        self.picture = Picture(self._drawing(), self.click, self._guarded(view.expand))
        self.note, self.evidence = HTML(), HTML(words_page("Click an account or an edge to read its posts."))
        steps: dict[str, Callable[[str], object]] = {"Expand": view.expand, "Pin": view.pin, "Hide": view.hide}
        self.buttons = {name: Button(description=name) for name in (*steps, "Undo")}
        for name, step in steps.items():
            self.buttons[name].on_click(self._on_clicked(step))
        self.buttons["Undo"].on_click(lambda _: self._guarded(lambda _: view.undo())(""))
        self.widget = VBox([HBox(list(self.buttons.values())), self.picture.widget, self.note, self.evidence])
        self._say()
        view.redrawn_by(self.redraw)

    def redraw(self) -> None:
        """Show the present state of the exploration in the picture, and describe it in the note."""
        self.picture.redraw(self._drawing())
        self._say()

    def display(self) -> None:
        """Display the widgets, and below them an image."""
        from IPython.display import display

        display(self.widget)
        if still := _still(self._view):
            # Separate from the widget, which a notebook without a kernel cannot show.
            image = f"<img style='max-width:100%' alt='The network' src='data:image/png;base64,{still}'>"
            folded = f"<details><summary>As an image</summary>{image}</details>"
            display({"text/html": folded, "image/png": still, "text/plain": repr(self._view)}, raw=True)

    def click(self, what: Clicked) -> None:
        """Remember a click, and show the posts behind it."""
        self._view.clicked = what
        self._guarded(self._show)(what)

    def _show(self, what: Clicked) -> None:
        # One more than is shown, to know whether there are more.
        if isinstance(what, str):
            (about,) = self._view.network.accounts([what]).to_dict(orient="records")
            posts = self._view.posts(what, limit=ROWS + 1)
            self.evidence.value = account_page(about, self._view.edges, posts, names=self._view.names, rows=ROWS)
        elif what is not None:
            self.evidence.value = edge_page(*what, self._view.why(*what, limit=ROWS + 1), rows=ROWS)

    def _say(self) -> None:
        self.note.value = words_page(repr(self._view))

    def _on_clicked(self, step: Callable[[str], object]) -> Callable[[Any], None]:
        """Apply a step to the clicked account."""

        def pressed(_: Any) -> None:
            if isinstance(self._view.clicked, str):
                self._guarded(step)(self._view.clicked)
            else:
                self.evidence.value = words_page("Click an account first.")

        return pressed

    def _guarded(self, call: Callable[[Any], object]) -> Callable[[Any], None]:
        """Show errors below the picture: from a callback they would only reach a log."""

        def called(value: Any) -> None:
            try:
                call(value)
            except IncahootsError as problem:
                self.evidence.value = words_page(str(problem))

        return called


def _still(view: Exploration) -> str:
    """The network as a PNG in base64; empty without edges."""
    edges, accounts = view.edges, view.accounts
    if edges.empty:
        return ""
    called = dict(zip(accounts["account_id"], accounts["screen_name"], strict=True)) if view.names else {}
    return encoded(draw_network(edges, names=called, title=view.network.run_id), ".png")
