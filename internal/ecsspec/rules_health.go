package ecsspec

import "davit/internal/ecsspec/row"

const ofHealthCheck = eachContainer + "/healthCheck"

var healthRules = from(row.PageRegister, []rule{
	{id: "RD-25", on: onRegister, field: ofHealthCheck + "/command", required: true, limit: "a command: CMD or CMD-SHELL, and what to run"},
	{id: "RD-25", on: onRegister, field: ofHealthCheck + "/interval", limit: "5 to 300 seconds", check: between(5, 300)},
	{id: "RD-25", on: onRegister, field: ofHealthCheck + "/timeout", limit: "2 to 60 seconds", check: between(2, 60)},
	{id: "RD-25", on: onRegister, field: ofHealthCheck + "/retries", limit: "1 to 10", check: between(1, 10)},
	{id: "RD-25", on: onRegister, field: ofHealthCheck + "/startPeriod", limit: "0 to 300 seconds", check: between(0, 300)},
})
