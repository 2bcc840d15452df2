"""Static files under hashed names, the addresses inside JavaScript modules included."""

from servestatic.storage import CompressedManifestStaticFilesStorage


class ModuleStorage(CompressedManifestStaticFilesStorage):
    support_js_module_import_aggregation = True
    max_post_process_passes = 20  # one for each level of modules that import modules; the default is 5
