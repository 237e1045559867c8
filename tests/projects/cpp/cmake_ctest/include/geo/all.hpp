#pragma once
#include "geo/area.hpp"
