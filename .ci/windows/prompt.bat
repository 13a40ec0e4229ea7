@echo off
title hbgeo 命令行
set "PATH=%~dp0;%PATH%"
pushd "%~dp0.."
echo 在这里可以直接输入命令，例如：hbgeo -C 我的县 check
cmd /k
