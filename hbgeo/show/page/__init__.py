"""The planner page: one HTML file that opens by double-click, without internet."""

from hbgeo.show.page.draw import draw as draw
