# SPDX-License-Identifier: Apache-2.0
"""All behaviours, in the order of their files."""

import cases_connection  # noqa: F401
import cases_streams  # noqa: F401
import cases_status  # noqa: F401
import cases_messages  # noqa: F401
import cases_headers  # noqa: F401
import cases_frames  # noqa: F401
import cases_flow  # noqa: F401
import cases_floods  # noqa: F401
import cases_twice  # noqa: F401
from registry import BEHAVIOURS

__all__ = ["BEHAVIOURS"]
