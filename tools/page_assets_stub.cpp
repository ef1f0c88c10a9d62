#include "tools/page_assets.h"
namespace tools { const std::string_view page_before_data="Content-Security-Policy default-src 'none'<script type=\"application/json\" id=\"data\">"; const std::string_view page_after_data="</script>"; }
