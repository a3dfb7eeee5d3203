// Made by scripts/embed-web; do not edit.
#include "CWebFiles.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const uint8_t app_css[] = {
#embed "files/app.css"
};
static const uint8_t app_css_gz[] = {
#embed "files/app.css.gz"
};

static const uint8_t app_js[] = {
#embed "files/app.js"
};
static const uint8_t app_js_gz[] = {
#embed "files/app.js.gz"
};

static const uint8_t icon_svg[] = {
#embed "files/icon.svg"
};
static const uint8_t icon_svg_gz[] = {
#embed "files/icon.svg.gz"
};

static const uint8_t index_html[] = {
#embed "files/index.html"
};
static const uint8_t index_html_gz[] = {
#embed "files/index.html.gz"
};

static const struct fovea_web_file files[] = {
    {"/app.css", "text/css; charset=utf-8", "7dce1f11d6da95622aabb278b9a93776",
        app_css, sizeof app_css, app_css_gz, sizeof app_css_gz},
    {"/app.js", "text/javascript; charset=utf-8", "94cb88ec5951011c389a099475d26e9e",
        app_js, sizeof app_js, app_js_gz, sizeof app_js_gz},
    {"/icon.svg", "image/svg+xml", "8c75801e932f50b0a2dd79f5c96c5478",
        icon_svg, sizeof icon_svg, icon_svg_gz, sizeof icon_svg_gz},
    {"/index.html", "text/html; charset=utf-8", "a08621251677bc8064b58cd38cef7c4c",
        index_html, sizeof index_html, index_html_gz, sizeof index_html_gz},
};

const struct fovea_web_file *fovea_web_file_at(size_t index) {
    return index < sizeof files / sizeof files[0] ? &files[index] : NULL;
}
