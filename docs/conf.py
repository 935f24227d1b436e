"""How the documentation becomes a site: `python -m sphinx -W --keep-going -b html docs OUT`."""

import sys
from importlib.metadata import version as version_of
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_extension"))

project = "seqreason"
author = "The seqreason developers"
project_copyright = author
release = version = version_of("seqreason")

extensions = ["myst_parser", "seqreason_site"]
exclude_patterns = ["_extension", "examples"]
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence"]

html_theme = "pydata_sphinx_theme"
html_title = "seqreason"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_copy_source = False
html_sidebars = {"index": [], "results": [], "changelog": [], "tutorial": []}
html_theme_options = {
    "logo": {"text": "seqreason"},
    "navbar_end": ["theme-switcher"],
    "navbar_persistent": ["search-button-field"],
    "show_prev_next": False,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
