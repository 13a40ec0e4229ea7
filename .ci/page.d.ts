// What stands in the page beside its script: Leaflet's `L`, folium's map, and what the page offers.
interface Window {
  map_hbgeo: L.Map;
  hbgeo: Record<string, any>;
}
